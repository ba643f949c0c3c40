"""Trees of Nix files, good and bad, through the whole command."""

import json
import os
import signal
import time

import pytest

from tests.cli.command import Done, finish, run, start
from tests.project.made import forbidden, write

_PORTS = {"lib/ports.nix": "{\n  web.api = 3000;\n}\n"}
_WRONG = "let ports = import ./lib/ports.nix; in\n{\n  services.web.port = ports.web.aip;\n}\n"
_DEEP = 10_000


def _check(folder: object, files: dict[str, str], *arguments: str) -> Done:
    return run(write(folder, {**_PORTS, **files}), "check", *arguments)


def _unknown(done: Done) -> list[str]:
    return [line for line in done.out.splitlines() if line.startswith("unknown: ")]


def test_a_wrong_reference_in_a_module(tmp_path: object) -> None:
    done = _check(tmp_path, {"web.nix": _WRONG})
    assert done.status == 1
    assert "error[unknown-reference]: " in done.out
    assert " --> web.nix:3:" in done.out
    assert done.out.endswith("Found 1 error (1 entry in lib/ports.nix, 1 Nix file).\n")


def test_comments_allow_in_modules(tmp_path: object) -> None:
    allow = "# port-registry: allow unknown-reference -- it comes later"
    above = _WRONG.replace("  services", f"  {allow}\n  services")
    behind = _WRONG.replace("aip;", f"aip; {allow}")
    done = _check(tmp_path, {"a.nix": above, "b.nix": behind}, "--verbose")
    assert (done.status, "comments allow 2 findings" in done.out) == (0, True)
    done = _check(tmp_path, {"a.nix": above.replace("unknown-r", "unknow-r"), "b.nix": behind})
    assert "[unknown-rule]: the comment allows `unknow-reference`" in done.out


def test_what_no_host_imports_is_said(tmp_path: object) -> None:
    files = {
        "flake.nix": "{ outputs = { nixpkgs, ... }: { nixosConfigurations.web ="
        " nixpkgs.lib.nixosSystem { modules = [ ./web.nix ]; }; }; }\n",
        "web.nix": "{ services.web.enable = true; }\n",
        "lost.nix": "{ services.lost.port = 4242; }\n",
        "tests/a.nix": "{ services.lost.port = 4242; }\n",
    }
    done = _check(tmp_path, files, "--verbose", "--select", "unknown-reference")
    assert "note: lost.nix:1:1: no host imports this module\n" in done.out
    assert "note: web.nix" not in done.out
    assert "note: tests:1:1: tests and documentation are not read" in done.out
    assert done.out.endswith("(1 entry in lib/ports.nix, 3 Nix files, 1 host).\n")
    checked = json.loads(_check(tmp_path, {}, "--format", "json").out)["checked"]
    assert checked == {"entries": 1, "stacks": 0, "nix_files": 3, "hosts": 1}


@pytest.mark.parametrize(
    "text",
    [
        "{ port = " + "{ a = " * _DEEP + "1" + "; }" * _DEEP + "; }",
        "{ ports = " + "[" * _DEEP + " 3000 " + "]" * _DEEP + "; }",
        "{ port = " + "(" * _DEEP + " 3000 " + ")" * _DEEP + "; }",
        "x: " * _DEEP + "{ services.web.port = 3000; }",
        "{ port = " + '"${' * _DEEP + "3000" + '}"' * _DEEP + "; }",
        "{lib}: { x = " + "lib.mkIf true (" * _DEEP + "{ port = 3000; }" + ")" * _DEEP + "; }",
    ],
)
def test_nesting_beyond_reason_is_unknown(tmp_path: object, text: str) -> None:
    done = _check(tmp_path, {"deep.nix": text})
    (line,) = _unknown(done)
    assert (done.status, line.endswith("nested too deeply here")) == (0, True), done


@pytest.mark.parametrize(
    "text",
    [
        "{ port = " + "{ a = " * 1900 + "1" + "; }" * 1900 + "; }",
        "{ ports = " + "[" * 1900 + " 3000 " + "]" * 1900 + "; }",
        "{ " + ".".join(f"a{part}" for part in range(1000)) + ".port = 4242; }",
        "{ config }: { port = config." + ".".join(f"a{part}" for part in range(1000)) + ".port; }",
        "let a = b; b = a; in { services.web.port = a.web.api; }",
        "{ imports = [ ./odd.nix ]; services.web.port = 4242; }",
        "{ ports = [ 4242 ]" + " ++ [ 4242 ]" * 500 + "; }",
        "let a0 = [ 1 ]; "
        + " ".join(f"a{at + 1} = a{at} ++ a{at};" for at in range(40))
        + " in { networking.firewall.allowedTCPPorts = a40; }",
    ],
)
def test_what_is_odd_but_sound_is_read(tmp_path: object, text: str) -> None:
    done = _check(tmp_path, {"odd.nix": text})
    assert done.status in (0, 1)
    assert _unknown(done) == []


def test_a_generated_file_of_five_megabytes(tmp_path: object) -> None:
    binding = '  p{0} = {{ url = "https://example.org/p{0}.tgz"; hash = "sha256-AAAA"; }};\n'
    large = "{\n" + "".join(binding.format(at) for at in range(75_000)) + "}\n"
    assert len(large) > 5_000_000
    done = _check(tmp_path, {"silent.nix": large, "speaking.nix": f"{large}# port = 3000;"})
    assert done.status == 0
    (line,) = _unknown(done)
    assert line == (
        "unknown: speaking.nix:1:1: cannot be known: the file cannot be read: "
        "it is larger than 1 MiB"
    )


def test_fifty_hosts_that_import_one_another(tmp_path: object) -> None:
    names = [f"h{at}" for at in range(50)]
    hosts = " ".join(
        f"{name} = nixpkgs.lib.nixosSystem {{ modules = [ ./hosts/{name} ]; }};" for name in names
    )
    flake = f"{{ outputs = {{ nixpkgs, ... }}: {{ nixosConfigurations = {{ {hosts} }}; }}; }}"
    imports = " ".join(f"../{name}" for name in names)
    modules = {f"hosts/{name}/default.nix": f"{{ imports = [ {imports} ]; }}" for name in names}
    done = _check(tmp_path, {"flake.nix": flake, **modules})
    assert done == (
        0,
        "No findings (1 entry in lib/ports.nix, 51 Nix files, 50 hosts).\n",
        "",
    )


def test_modules_with_more_ways_between_them_than_can_be_walked(tmp_path: object) -> None:
    modules = {
        f"m{at}.nix": "{ imports = [ "
        + " ".join(f"./m{later}.nix" for later in range(at + 1, 141))
        + f" ]; services.s{at}.enable = true; }}"
        for at in range(141)
    }
    flake = (
        "{ outputs = { nixpkgs, ... }: { nixosConfigurations.web = "
        "nixpkgs.lib.nixosSystem { modules = [ ./m0.nix ]; }; }; }"
    )
    begun = time.monotonic()
    done = _check(tmp_path, {"flake.nix": flake, **modules}, "--select", "unknown-reference")
    assert done.out.endswith("142 Nix files, 1 host).\n")
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{ port = 3000; # \xff\n}", ":1:18: cannot be known: the file cannot be read: byte 0xff"),
        (b"{ port = 3000;", ":1:1: cannot be known: the file is not valid Nix: "),
        (b"{ port = @port@; }", ":1:10: cannot be known: the file is not valid Nix: "),
        (b"{ port = 3000; }\0", ": cannot be known: the file is not valid Nix: "),
    ],
)
def test_what_is_no_nix_is_unknown(tmp_path: object, data: bytes, message: str) -> None:
    write(tmp_path, _PORTS)
    with open(f"{tmp_path}/a.nix", "wb") as file:
        file.write(data)
    done = run(tmp_path, "check")
    (line,) = _unknown(done)
    assert done.status == 0
    assert line.startswith("unknown: a.nix:")
    assert message in line


def test_what_says_nothing_of_ports_may_be_anything(tmp_path: object) -> None:
    write(tmp_path, _PORTS)
    for name, data in (("a", b"\xff"), ("b", b"{ x = "), ("c", b""), ("d", b"{{ x }}")):
        with open(f"{tmp_path}/{name}.nix", "wb") as file:
            file.write(data)
    os.symlink("nowhere", f"{tmp_path}/dangling.nix")
    assert run(tmp_path, "check").out == ("No findings (1 entry in lib/ports.nix, 4 Nix files).\n")


def test_a_module_that_may_not_be_read_is_unknown() -> None:
    with forbidden({**_PORTS, "a.nix": "{ port = 1; }"}, "a.nix") as root:
        done = run(root, "check")
    (line,) = _unknown(done)
    assert line.endswith("a.nix:1:1: cannot be known: the file cannot be read: permission denied")


def _many(count: int) -> dict[str, str]:
    return {
        f"modules/m{at}.nix": _WRONG.replace("./lib", "../lib").replace("web.port", f"s{at}.port")
        + "# a port\n" * 300
        for at in range(count)
    }


@pytest.mark.slow
def test_ten_at_once_share_a_cache(tmp_path: object) -> None:
    root = write(f"{tmp_path}/project", {**_PORTS, **_many(60)})
    cache = {"XDG_CACHE_HOME": f"{tmp_path}/cache"}
    alone = run(root, "check", "--no-cache", **cache)
    assert alone.status == 1
    assert not os.path.exists(f"{tmp_path}/cache")
    runs = [finish(run_result) for run_result in [start(root, "check", **cache) for _ in range(10)]]
    assert [run_result for run_result in runs if run_result != alone] == []
    folder = f"{tmp_path}/cache/port-registry"
    (cache_name,) = set(os.listdir(folder)) - {"CACHEDIR.TAG", ".gitignore"}
    assert run(root, "check", **cache) == alone
    for damaged in (b"", b"nonsense", b"\0" * 5000):
        with open(f"{folder}/{cache_name}", "wb") as file:
            file.write(damaged)
        assert run(root, "check", **cache) == alone
    assert run(root, "check", "--no-cache", **cache) == alone


def test_a_warm_run_sees_every_change(tmp_path: object) -> None:
    root = write(f"{tmp_path}/project", {**_PORTS, "web.nix": _WRONG})
    cache = {"XDG_CACHE_HOME": f"{tmp_path}/cache"}
    assert run(root, "check", **cache).status == run(root, "check", **cache).status == 1
    write(root, {"lib/ports.nix": "{ web.aip = 3000; }"})
    assert run(root, "check", **cache).status == 0
    write(root, _PORTS)
    assert run(root, "check", **cache).status == 1
    write(root, {"port-registry.toml": 'ignore = ["unknown-reference"]'})
    assert run(root, "check", **cache).status == 0
    os.unlink(f"{root}/port-registry.toml")
    write(root, {"web.nix": _WRONG.replace("aip", "api")})
    assert run(root, "check", **cache).status == 0
    os.rename(f"{root}/web.nix", f"{root}/lib/web.nix")
    assert run(root, "check", **cache).out.endswith("1 Nix file).\n")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_a_sound_cache(tmp_path: object, number: signal.Signals) -> None:
    root = write(f"{tmp_path}/project", {**_PORTS, **_many(60)})
    cache = {"XDG_CACHE_HOME": f"{tmp_path}/cache"}
    alone = run(root, "check", "--no-cache")
    for delay in (0.1, 0.2, 0.3, 0.4):
        process = start(root, "check", **cache)
        time.sleep(delay)
        process.send_signal(number)
        done = finish(process)
        # Python ends itself by SIGINT where the interrupt met it while it made a class.
        ended = (130, -signal.SIGINT, -number)
        assert done.status in (*ended, alone.status)
        assert "Traceback" not in done.err
    assert run(root, "check", **cache) == alone
