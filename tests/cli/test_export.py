import hashlib
import json

from tests.cli.command import run
from tests.project.made import write

_NIX = """\
{
  databases.redis = 6379; # the cache
  web = rec {
    api = 3000; # internal: behind the proxy
    site = api;
    httpPort = 8080;
    rtp = { from = 40000; to = 40100; protocol = "udp"; host = "media"; };
  };
  other.site = 3001;
  "7up" = 3002;
}
"""


def test_json_says_everything_of_each_entry(tmp_path: object) -> None:
    done = run(write(tmp_path, {"lib/ports.nix": _NIX}), "export", "json")
    assert (done.status, done.err) == (0, "")
    document = json.loads(done.out)
    entries = {entry["name"]: entry for entry in document.pop("entries")}
    assert document == {
        "version": 1,
        "registry": "lib/ports.nix",
        "sha256": hashlib.sha256(_NIX.encode()).hexdigest(),
        "attribute": [],
    }
    assert entries["databases.redis"] == {
        "name": "databases.redis",
        "category": "databases",
        "service": "redis",
        "port": 6379,
        "port_end": 6379,
        "protocols": ["tcp"],
        "protocol_source": "known",
        "host": None,
        "address": None,
        "description": "the cache",
        "internal": False,
        "same_as": "databases.redis",
        "path": "lib/ports.nix",
        "line": 2,
        "column": 13,
    }
    assert entries["web.api"]["internal"] is True
    assert entries["web.site"]["same_as"] == "web.api"
    assert (entries["web.rtp"]["port"], entries["web.rtp"]["port_end"]) == (40000, 40100)
    assert (entries["web.rtp"]["protocols"], entries["web.rtp"]["host"]) == (["udp"], "media")


def test_env_has_short_names_where_they_are_clear(tmp_path: object) -> None:
    done = run(write(tmp_path, {"lib/ports.nix": _NIX}), "export", "env")
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines() == [
        "API_PORT=3000",
        "DATABASES_REDIS_PORT=6379",
        "HTTP_PORT=8080",
        "OTHER_SITE_PORT=3001",
        "REDIS_PORT=6379",
        "RTP_PORT_END=40100",
        "RTP_PORT_START=40000",
        "WEB_API_PORT=3000",
        "WEB_HTTP_PORT=8080",
        "WEB_RTP_PORT_END=40100",
        "WEB_RTP_PORT_START=40000",
        "WEB_SITE_PORT=3000",
    ]


def test_what_is_not_known_is_said_beside(tmp_path: object) -> None:
    text = "{ known = 3000; unknown = builtins.getEnv 1; bad.httpPort = null; }"
    done = run(write(tmp_path, {"ports.nix": text}), "export", "env")
    assert (done.status, done.out) == (0, "KNOWN_PORT=3000\n")
    assert "unknown" in done.err
    assert "left out 1 value that cannot be a port" in done.err


def test_what_was_exported_is_not_taken_for_another_registry(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _NIX})
    write(tmp_path, {"lib/ports.json": run(root, "export", "json").out})
    again = run(root, "export", "env")
    assert (again.status, again.err) == (0, "")


def test_a_table_for_a_readme(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _NIX})
    done = run(root, "export", "markdown")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("| Service | Port | Protocol |")
    assert done.out == run(root, "list", "--format", "markdown").out
