"""Numbers that stand in for an entry."""

import pytest

from port_registry.checks.fix import FixSelection
from tests.rules import harness
from tests.rules.harness import is_safe
from tests.rules.samples import PATTERN_REGISTRY, REGISTRY

NAME = ("fallback-copy",)
WEB = "modules/web.nix"


def _module(body: str) -> dict[str, str]:
    text = f"{{ config, lib, x, ... }}:\n{{\n  {body}\n}}\n"
    return {REGISTRY: PATTERN_REGISTRY, WEB: text}


@pytest.mark.parametrize(
    ("fallback", "says"),
    [("6379", "copies databases.redis"), ("6380", "contradicts (6379) databases.redis")],
)
def test_both_numbers_are_a_second_truth(fallback: str, says: str) -> None:
    use = f"(import ../lib/ports.nix).databases.redis or {fallback}"
    files = _module(f"services.redis.port = {use};")
    (found,) = harness.run(files, NAME).findings
    expected = f"`or {fallback}` {says}, which the registry declares; drop it"
    assert found.message == expected
    assert is_safe(found)
    after = harness.fix(files, FixSelection.SAFE, NAME)
    assert after.files[WEB] == files[WEB].replace(f" or {fallback}", "")


@pytest.mark.parametrize(
    "body",
    [
        "services.web.port = (import ../lib/ports.nix).databases.redis;",
        "services.web.port = (import ../lib/ports.nix).${x} or 6379;",
        "services.web.port = (import ../lib/ports.nix).databases.redis or null;",
        "services.web.port = config.services.redis.port or 6379;",
    ],
)
def test_what_is_in_order(body: str) -> None:
    assert harness.run(_module(body), NAME).findings == ()


def test_a_name_that_is_missing_always_takes_the_number() -> None:
    files = _module("services.web.port = (import ../lib/ports.nix).databases.redsi or 6379;")
    (found,) = harness.run(files, NAME).findings
    assert found.message == (
        f"{REGISTRY} has no entry databases.redsi, so 6379 is always taken;"
        " did you mean databases.redis?"
    )
    assert found.fix is None


def test_a_way_that_is_only_likely_is_not_safe() -> None:
    files = _module("services.web.port = lib.my.ports.databases.redis or 6379;")
    (found,) = harness.run(files, NAME).findings
    assert found.fix is not None
    assert not is_safe(found)


def test_an_option_may_be_missing_on_some_hosts() -> None:
    files = {
        "modules/ports.nix": "{ lib, ... }: { options.my.ports = lib.mkOption { };"
        " config.my.ports = { web = 8080; api = 3000; }; }\n",
        WEB: "{ config, ... }:\n{\n  services.web.port = config.my.ports.web or 8080;\n}\n",
    }
    (found,) = harness.run(files, NAME).findings
    assert found.fix is not None
    assert not is_safe(found)


def test_an_entry_of_one_host_may_need_a_fallback_on_others() -> None:
    files = {
        REGISTRY: PATTERN_REGISTRY,
        "hosts/a/ports.nix": "{ own = 9000; other = 9001; }\n",
        "flake.nix": "{ specialArgs.ports = import ./lib/ports.nix; }\n",
        WEB: "{ ports, ... }:\n{\n  services.web.port = ports.own or 9000;\n}\n",
    }
    assert harness.run(files, NAME).findings == ()


def test_brackets_are_left_alone() -> None:
    files = _module("services.redis.port = (import ../lib/ports.nix).databases.redis or (6379);")
    (found,) = harness.run(files, NAME).findings
    assert found.fix is None
