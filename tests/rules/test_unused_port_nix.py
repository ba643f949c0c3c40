"""Entries that no Nix file names."""

import pytest

from tests.rules import harness
from tests.rules.samples import REGISTRY

NAME = ("unused-port",)
ENTRIES = "{\n  databases = { redis = 6379; mysql = 3306; };\n  web = 8080;\n}\n"
ALL = {"databases.redis", "databases.mysql", "web"}


def _unused(text: str, registry: str = ENTRIES) -> set[str]:
    files = {REGISTRY: registry, "modules/web.nix": text}
    return {name for finding in harness.run(files, NAME).findings for name in finding.entries}


def _with(body: str) -> str:
    return f"{{ lib, name, ... }}:\nlet\n  ports = import ../lib/ports.nix;\nin\n{{\n  {body}\n}}\n"


@pytest.mark.parametrize(
    ("body", "used"),
    [
        ("a.port = ports.web;", {"web"}),
        ('a.url = "http://localhost:${toString ports.web}";', {"web"}),
        ("a.port = ports.databases.${name};", {"databases.redis", "databases.mysql"}),
        ("a.ports = lib.attrValues ports.databases;", {"databases.redis", "databases.mysql"}),
        ("a.ports = lib.attrValues ports;", ALL),
        ("a.port = let db = ports.databases; in db.redis;", {"databases.redis"}),
        ("a.port = let inherit (ports) databases web; in web;", {"web"}),
        ("a.port = with ports.databases; mysql;", {"databases.mysql"}),
        ("a.port = 8080;", {"web"}),
        ("# Port from lib/ports.nix: web\n  a.x = 1;", {"web"}),
        ("a.x = ports.web or 1;", {"web"}),
        ("a.port = lib.hidden.registry.mysql.port;", {"databases.mysql"}),
        ("a.x = 1;", set[str]()),
    ],
)
def test_what_counts_as_used(body: str, used: set[str]) -> None:
    assert _unused(_with(body)) == ALL - used


def test_the_ends_of_a_range_use_it() -> None:
    registry = "{\n  media-start = 8000;\n  media-end = 8010;\n  web = 8080;\n}\n"
    assert _unused(_with("a.port = ports.media-start;"), registry) == {"web"}


def test_what_the_registry_says_of_itself_is_no_use() -> None:
    registry = (
        "{ lib, config, ... }: { options.my.ports = lib.mkOption { };"
        " config.my.ports = { web = 8080; api = 3000; };"
        " config.assertions = [ { assertion = lib.attrValues config.my.ports != [ ]; } ]; }\n"
    )
    files = {
        "modules/ports.nix": registry,
        "modules/web.nix": "{ config, ... }: { a.port = config.my.ports.web; }\n",
    }
    (found,) = harness.run(files, NAME).findings
    assert found.entries == ("api",)
