"""References in Nix files to what the registry does not have."""

import pytest

from port_registry.checks.fix import FixSelection
from port_registry.model import Safety
from tests.rules import harness
from tests.rules.samples import PATTERN_REGISTRY, REGISTRY

NAME = ("unknown-reference",)
WEB = "modules/web.nix"


def _module(body: str) -> dict[str, str]:
    text = f"{{ lib, ... }}:\nlet\n  ports = import ../lib/ports.nix;\nin\n{{\n  {body}\n}}\n"
    return {REGISTRY: PATTERN_REGISTRY, WEB: text}


def _found(body: str) -> list[str]:
    return harness.run(_module(body), NAME).shown()


def _message(body: str) -> str:
    (found,) = harness.run(_module(body), NAME).findings
    return found.message


@pytest.mark.parametrize(
    ("use", "message"),
    [
        ("ports.databases.redsi", "has no entry databases.redsi; did you mean databases.redis?"),
        ("ports.databses.redis", "has no entry databses.redis; did you mean databases.redis?"),
        ("ports.storage.redis", "has no entry storage.redis; did you mean databases.redis?"),
        ("ports.otel.zipkin", "has no entry otel.zipkin"),
        ("ports.unheard", "has no entry unheard"),
    ],
)
def test_what_is_missing_and_what_was_meant(use: str, message: str) -> None:
    assert _message(f"services.web.port = {use};") == f"{REGISTRY} {message}"


def test_a_port_has_nothing_below_it() -> None:
    assert _message("services.web.port = ports.databases.redis.port;") == (
        f"databases.redis in {REGISTRY} is a port and has nothing below it,"
        " so databases.redis.port does not exist"
    )


@pytest.mark.parametrize(
    "body",
    [
        "services.web.port = ports.databases.redis;",
        "services.web.ports = builtins.attrValues ports.databases;",
        "services.web.port = ports.databases.redsi or 1;",
        "services.web.port = if ports ? redsi then ports.redsi else 1;",
        "services.web.port = if ports.databases ? redsi then ports.databases.redsi else 1;",
        'services.web.port = if lib.hasAttr "redsi" ports then ports.redsi else 1;',
        "services.web.port = (builtins.tryEval ports.redsi).value;",
        "services.web.port = lib.genAttrs [ ] (name: ports.databases.${name});",
        "services.web.port = with ports; with lib; redsi;",
    ],
)
def test_what_is_in_order(body: str) -> None:
    assert _found(body) == []


@pytest.mark.parametrize(
    "body",
    [
        "services.web.port = let db = ports.databases; in db.redsi;",
        "services.web.port = let inherit (ports.databases) redsi; in redsi;",
        "services.web.port = let r = ports.databases.redsi; in [ r r ];",
        'services.web.url = "http://localhost:${toString ports.databases.redsi}";',
        "services.web.port = with ports.databases; redsi;",
    ],
)
def test_one_fault_is_one_finding(body: str) -> None:
    (found,) = harness.run(_module(body), NAME).findings
    assert found.entries == ("databases.redsi",)


def test_a_category_that_is_missing_is_reported_where_it_is_written() -> None:
    body = "services.web.port = let db = ports.databses; in [ db.redis db.postgresql ];"
    assert _found(body) == [f"unknown-reference {WEB}:6 ports.databses"]


def test_the_fix_writes_the_one_near_name() -> None:
    files = _module("services.web.port = ports.databases.redsi;")
    (found,) = harness.run(files, NAME).findings
    assert found.fix is not None
    assert found.fix.safety is Safety.UNSAFE
    after = harness.fix(files, FixSelection.ALL, NAME)
    assert after.files[WEB] == files[WEB].replace("redsi", "redis")


@pytest.mark.parametrize("use", ["ports.databses.redis", "ports.infrastructure.node"])
def test_no_fix_where_another_part_or_several_names_are_near(use: str) -> None:
    (found,) = harness.run(_module(f"services.web.port = {use};"), NAME).findings
    assert found.fix is None


@pytest.mark.parametrize(
    "registry",
    [
        "{ lib, ... }: lib.mapAttrs (_: n: n) (builtins.fromJSON (builtins.readFile ./x.json))\n",
        '{ databases = builtins.getEnv "X"; otel.grpc = 4317; }\n',
        '{ databases = { redis = 6379; } // builtins.fromJSON (builtins.getEnv "X"); }\n',
    ],
)
def test_what_cannot_be_known_is_not_missing(registry: str) -> None:
    files = _module("services.web.port = ports.databases.redsi;")
    assert harness.run({**files, REGISTRY: registry}, NAME).findings == ()


def test_what_is_no_entry_may_be_there_all_the_same() -> None:
    registry = """{
  domain = "example.org";
  helper = port: port + 1;
  range = { from = 9000; to = 9010; };
  media-start = 8000;
  media-end = 8010;
  web = { port = 80; protocol = "tcp"; url = "/"; };
}
"""
    uses = (
        "ports.domain", "ports.helper 1", "ports.range.from", "ports.media-start",
        "ports.web.url", "ports.web.protocol",
    )  # fmt: skip
    body = "\n  ".join(f"x.u{at}.port = {use};" for at, use in enumerate(uses))
    files = {**_module(body), REGISTRY: registry}
    assert harness.run(files, NAME).findings == ()


def test_a_registry_that_is_a_module_may_have_more_below_an_entry() -> None:
    files = {
        "modules/ports.nix": "{ lib, ... }: { options.my.ports = lib.mkOption { };"
        " config.my.ports = { web = { port = 8080; }; api = 3000; ui = 3001; }; }\n",
        WEB: "{ config, ... }:\n{\n  a.port = config.my.ports.web.url;\n"
        "  b.port = config.my.ports.gone;\n}\n",
    }
    assert harness.run(files, NAME).shown() == [f"unknown-reference {WEB}:4 config.my.ports.gone"]


def test_a_comment_may_name_a_hosts_registry() -> None:
    said = "# Port from hosts/a/ports.nix: {} = 9000\n  services.own.port = 9000;"
    own = {"hosts/a/ports.nix": "{ own = 9000; other = 9001; }\n"}
    assert harness.run({**_module(said.format("own")), **own}, NAME).findings == ()
    (found,) = harness.run({**_module(said.format("owm")), **own}, NAME).findings
    assert found.message == "hosts/a/ports.nix has no entry owm; own is 9000"


def test_comments_in_nix_files_lead_somewhere_too() -> None:
    files = _module(
        "# Port from lib/ports.nix: databases.reddis = 6379\n  services.redis.port = 6379;"
    )
    assert harness.run(files, NAME).shown() == [f"unknown-reference {WEB}:6 databases.reddis"]
    after = harness.settle(files, FixSelection.SAFE, NAME)
    assert "databases.redis = 6379" in after.files[WEB]
