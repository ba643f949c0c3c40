import itertools
import json
import os
import subprocess

import pytest

from tests import real
from tests.cli.command import run
from tests.project.made import read, write

_NIX = """\
let base = 3000; in
{
  ssh = 22;
  databases = {
    redis = 6379; # the cache
    postgresql = { port = 5432; host = "db"; address = "::1"; description = "a\\nb \\"c\\""; };
  };
  infrastructure.tailscale = 41641; # udp: WireGuard
  web = {
    api = base + 1;
    rtp = { from = 40000; to = 40100; protocol = "tcp/udp"; };
    "7 up" = 3007; # internal: never opened
    odd = 3008; # udp
    named = { port = 3009; description = "tcp: the word comes first"; };
    deep.er.still = 3010;
    both = { port = 3011; metrics = 3012; };
  };
}
"""


def _entries(root: str) -> list[dict[str, object]]:
    done = run(root, "list", "--format", "json")
    assert (done.status, done.err) == (0, "")
    entries: list[dict[str, object]] = json.loads(done.out)["entries"]
    for entry in entries:
        for place in ("path", "line", "column"):
            del entry[place]
    return sorted(entries, key=lambda entry: str(entry["name"]))


@pytest.fixture
def root(tmp_path: object) -> str:
    return write(f"{tmp_path}/from", {"lib/ports.nix": _NIX})


@pytest.mark.parametrize(
    ("first", "second"), list(itertools.product(("nix", "toml", "json"), repeat=2))
)
def test_nothing_is_lost_on_the_way(root: str, tmp_path: object, first: str, second: str) -> None:
    entries = _entries(root)
    for at, language in enumerate((first, second)):
        made = run(root, "convert", "--to", language)
        assert made.status == 0
        root = write(f"{tmp_path}/{at}", {f"lib/ports.{language}": made.out})
        assert _entries(root) == entries


def test_toml_as_a_person_writes_it(tmp_path: object) -> None:
    text = "{ b.c = 2000; a = 1000; # x\n  b.d.e = 3000; # udp: y\n }"
    done = run(write(tmp_path, {"ports.nix": text}), "convert", "--to", "toml")
    assert done == (0, "a = 1000 # x\n\n[b]\nc = 2000\n\n[b.d]\ne = 3000 # udp: y\n", "")


def test_nix_as_a_person_writes_it(tmp_path: object) -> None:
    text = "top = 1000\n[a]\nb = 2000 # x\n[c.d]\ne = 3000\n"
    done = run(write(tmp_path, {"ports.toml": text}), "convert", "--to", "nix")
    assert done.out == (
        "{\n  top = 1000;\n  a = {\n    b = 2000; # x\n  };\n\n"
        "  c = {\n    d = {\n      e = 3000;\n    };\n  };\n}\n"
    )


def test_nix_evaluates_to_the_same(root: str, tmp_path: object) -> None:
    nix = real.nix_instantiate()
    again = write(f"{tmp_path}/to", {"ports.nix": run(root, "convert", "--to", "nix").out})
    command = [nix, "--eval", "--strict", "--json"]
    first, second = (
        subprocess.run([*command, path], capture_output=True, text=True, check=True).stdout
        for path in (f"{root}/lib/ports.nix", f"{again}/ports.nix")
    )
    assert _numbers(json.loads(first)) == _numbers(json.loads(second))


def _numbers(value: object) -> set[int]:
    if isinstance(value, dict):
        return {number for each in value.values() for number in _numbers(each)}
    return {value} if isinstance(value, int) else set()


def test_computed_ports_become_numbers(root: str) -> None:
    done = run(root, "convert", "--to", "json")
    assert done.err == "note: 1 port that the registry computes became plain numbers\n"
    assert json.loads(done.out)["web"]["api"] == 3001


def test_a_file(root: str) -> None:
    done = run(root, "convert", "--to", "toml", "-o", "lib/new.toml")
    assert (done.status, done.out) == (0, "")
    assert done.err.startswith("Wrote 12 entries of lib/ports.nix to lib/new.toml.\n")
    assert "tailscale = 41641" in read(root, "lib/new.toml")
    again = run(root, "convert", "--to", "toml", "-o", "lib/new.toml")
    assert again.status == 2
    assert "`lib/new.toml` is there already" in again.err
    lost = run(root, "convert", "--to", "toml", "-o", "none/new.toml")
    assert "its folder does not exist" in lost.err
    assert sorted(os.listdir(f"{root}/lib")) == ["new.toml", "ports.nix"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{ lib }: { web.a = lib.port; }", "web.a cannot be known"),
        ("{ web.a = 99999; }", "web.a is not a valid entry"),
        ("{ web.a = 1024; web.a = 1025; }", "web.a is not a valid entry"),
        ("{ " + "a." * 80 + "x = 3000; }", "nested too deeply"),
    ],
)
def test_what_cannot_be_converted(tmp_path: object, text: str, message: str) -> None:
    done = run(write(tmp_path, {"ports.nix": text}), "convert", "--to", "toml")
    assert (done.status, done.out) == (2, "")
    assert message in done.err
