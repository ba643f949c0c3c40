"""Choice of the registry among a project's files."""

import random

from port_registry.registry.locate import choose

_RANKED = [
    "lib/ports.nix",
    "ports.nix",
    "nix/ports.nix",
    "modules/ports.nix",
    "modules/net/ports.nix",
    "modules/a/b/ports.nix",
    "hosts/ports.nix",
    "a/b/ports.nix",
    "lib/ports.toml",
    "ports.toml",
    "ports.json",
]


def test_candidates_are_ranked_by_path() -> None:
    shuffled = _RANKED.copy()
    random.Random(1).shuffle(shuffled)
    located = choose(shuffled)
    assert located is not None
    assert [located.chosen, *located.others] == _RANKED


def test_other_files_are_not_candidates() -> None:
    paths = ["ports.yaml", "lib/my-ports.nix", "ports.nix/default.nix", "a/b/ports.json", "ports"]
    assert choose(paths) is None
    assert choose([]) is None


def test_one_candidate() -> None:
    assert choose(["flake.nix", "x/ports.nix"]) == ("x/ports.nix", ())
