"""Comments in Nix files, and the numbers under them, when the registry moves on."""

import pytest

from port_registry.checks.fix import FixSelection
from tests.rules import harness
from tests.rules.harness import is_safe
from tests.rules.samples import PATTERN_REGISTRY, REGISTRY

NAME = ("stale-annotation",)
WEB = "modules/redis.nix"
MOVED = PATTERN_REGISTRY.replace("redis = 6379", "redis = 6380")


def _files(body: str, registry: str = MOVED) -> dict[str, str]:
    return {REGISTRY: registry, WEB: f"{{ ... }}:\n{{\n{body}\n}}\n"}


SAID = "  # Port from lib/ports.nix: databases.redis = 6379\n"


def test_the_comment_and_its_number_follow_the_registry() -> None:
    files = _files(f"{SAID}  services.redis.port = 6379;")
    found = harness.run(files, NAME)
    assert found.shown() == [f"stale-annotation {WEB}:3 6379", f"stale-annotation {WEB}:4 6379"]
    assert all(map(is_safe, found.findings))
    after = harness.fix(files, FixSelection.SAFE, NAME)
    assert after.findings == ()
    assert after.files[WEB] == files[WEB].replace("6379", "6380")


def test_a_comment_without_number_ties_the_only_one_under_it() -> None:
    said = SAID.replace(" = 6379", "")
    files = _files(f"{said}  services.redis.port = 6379;")
    (found,) = harness.run(files, NAME).findings
    assert not is_safe(found)
    assert "port = 6380;" in harness.fix(files, FixSelection.ALL, NAME).files[WEB]


@pytest.mark.parametrize(
    ("body", "registry"),
    [
        (f"{SAID}  services.redis.port = 6379;", PATTERN_REGISTRY),
        (f"{SAID.replace(' = 6379', '')}  x = {{ port = 6379; otherPort = 6500; }};", MOVED),
        ("  # redis listens on 6379\n  services.redis.port = 6379;", MOVED),
    ],
)
def test_what_is_in_order(body: str, registry: str) -> None:
    assert harness.run(_files(body, registry), NAME).findings == ()


def test_other_rules_leave_the_number_alone() -> None:
    files = _files(f"{SAID}  services.redis.port = 6379;")
    assert {finding.rule for finding in harness.run(files).findings} == {"stale-annotation"}
