"""Compose files and environment files, through all commands that know them."""

import json

from tests.cli.command import run
from tests.project.made import read, write

_PROJECT = {
    "lib/ports.nix": "{\n  databases.redis = 6379;\n  webuis.web = 8080;\n}\n",
    "compose.yaml": """\
services:
  redis:
    image: redis:7
    ports:
      # Port from lib/ports.nix: databases.redis = 6379
      - "127.0.0.1:6379:6379"
  web:
    image: acme/web
    ports:
      # Port from lib/ports.nix: webuis.web = 8080
      - "${WEB_PORT:-8080}:80"
    environment:
      REDIS_URL: redis://redis:6379
      PUBLIC_URL: http://localhost:8080
""",
    ".env": "WEB_PORT=8080\n# Port from lib/ports.nix: databases.redis\nREDIS_PORT=6379\n",
    ".env.example": "# Port from lib/ports.nix: webuis.web = 8080\nWEB_PORT=8080\n",
}


def _assert_changed(root: object, *changes: tuple[str, str]) -> None:
    """Assert that the files are those of the project with `changes` made in all of them."""
    for path, text in _PROJECT.items():
        expected = text
        for old, new in changes:
            expected = expected.replace(old, new)
        assert read(root, path) == expected


def test_a_project_in_order_has_no_findings(tmp_path: object) -> None:
    done = run(write(tmp_path, _PROJECT), "check")
    assert done.out == (
        "No findings (2 entries in lib/ports.nix, 1 Compose file, 2 environment files).\n"
    )


def test_counts_are_in_the_json(tmp_path: object) -> None:
    checked = json.loads(run(write(tmp_path, _PROJECT), "check", "--format", "json").out)["checked"]
    assert (checked["compose_files"], checked["environment_files"]) == (1, 2)


def test_set_renumbers_what_is_published_and_every_copy(tmp_path: object) -> None:
    root = write(tmp_path, _PROJECT)
    assert run(root, "set", "webuis.web", "8090").status == 0
    _assert_changed(root, ("8080", "8090"))
    assert run(root, "set", "databases.redis", "6390").status == 0
    _assert_changed(
        root,
        ("8080", "8090"),
        ("127.0.0.1:6379", "127.0.0.1:6390"),
        ("= 6379", "= 6390"),
        ("PORT=6379", "PORT=6390"),
    )
    assert run(root, "check").status == 0


def test_rename_and_move_follow_the_annotations(tmp_path: object) -> None:
    root = write(tmp_path, _PROJECT)
    assert run(root, "rename", "webuis.web", "webuis.shop").status == 0
    assert run(root, "move", "databases.redis", "storage").status == 0
    assert "webuis.shop = 8080" in read(root, "compose.yaml")
    assert read(root, ".env") == _PROJECT[".env"].replace("databases", "storage")
    assert run(root, "check").status == 0


def test_show_counts_the_places(tmp_path: object) -> None:
    done = run(write(tmp_path, _PROJECT), "show", "webuis.web")
    assert "used in 6 places" in done.out
    assert "    .env:1: number\n" in done.out
    assert "    compose.yaml:14: number\n" in done.out


def test_an_entry_in_use_is_not_removed(tmp_path: object) -> None:
    root = write(tmp_path, _PROJECT)
    done = run(root, "remove", "databases.redis")
    assert (done.status, "4 places use databases.redis" in done.err) == (2, True)


def test_faults_are_found_with_their_places_and_mended(tmp_path: object) -> None:
    root = write(tmp_path, _PROJECT)
    write(root, {"lib/ports.nix": _PROJECT["lib/ports.nix"].replace("8080", "8085")})
    write(root, {"compose.prod.yaml": "services:\n  web:\n    ports: ['6379:80']\n"})
    done = run(root, "check")
    for place in (".env:1:10", ".env.example:2:10", "compose.yaml:11:22", "compose.yaml:14:36"):
        assert f"--> {place}\n" in done.out
    assert "--> compose.prod.yaml:3:14\n" in done.out
    assert run(root, "check", "--fix").status == 0
    assert read(root, ".env").startswith("WEB_PORT=8085\n")
    assert run(root, "check").status == 0


def test_init_and_check_agree(tmp_path: object) -> None:
    files = {path: text for path, text in _PROJECT.items() if path != "lib/ports.nix"}
    bare = {
        path: "".join(line for line in text.splitlines(keepends=True) if "Port from" not in line)
        for path, text in files.items()
    }
    root = write(tmp_path, bare)
    assert run(root, "init", "--yes").status == 0
    rules = {
        finding["rule"]
        for finding in json.loads(run(root, "check", "--format", "json").out)["findings"]
    }
    assert rules == {"hardcoded-port"}
    done = run(root, "check", "--fix")
    assert done.err == "Fixed 4 findings: .env (1), .env.example (1), compose.yaml (2).\n"
    assert done.out.startswith("No findings")


def test_a_file_of_another_name_is_checked_when_asked_about(tmp_path: object) -> None:
    files = {"lib/ports.nix": "{ a.b = 1000; }\n", "deploy/stack.yml": _PROJECT["compose.yaml"]}
    root = write(tmp_path, files)
    assert run(root, "check").status == 0
    assert "deploy/stack.yml:5" in run(root, "check", "deploy/stack.yml").out


def test_line_ends_of_windows_are_kept(tmp_path: object) -> None:
    files = {
        "lib/ports.nix": _PROJECT["lib/ports.nix"],
        "compose.yaml": "services:\r\n  web:\r\n    ports:\r\n      - 8080:80\r\n",
        ".env": "A=1\r\nREDIS_PORT=6379\r\n",
    }
    root = write(tmp_path, files)
    assert run(root, "check", "--fix").status == 0
    for path in ("compose.yaml", ".env"):
        text = read(root, path)
        assert "Port from" in text
        assert text.count("\r\n") == text.count("\n")


def test_a_file_that_cannot_be_read_is_told(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": "{ a.b = 1000; }\n", "docker-compose.yml": "x"})
    for path in (".env", "docker-compose.yml"):
        with open(f"{root}/{path}", "wb") as file:
            file.write(b"PORT=\xff\n")
    report = json.loads(run(root, "check", "--format", "json").out)
    assert [(one["rule"], one["path"]) for one in report["findings"]] == [
        ("unreadable-file", "docker-compose.yml")
    ]
    assert [(one["path"], one["reason"]) for one in report["unknown"]] == [
        (".env", "cannot be read: byte 0xff is not UTF-8")
    ]
