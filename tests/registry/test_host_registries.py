"""Registries of single machines."""

import pytest

from port_registry.registry.host_registries import host_registries


@pytest.mark.parametrize(
    ("path", "host"),
    [
        ("hosts/web/ports.nix", "web"),
        ("nixos/hosts/web/ports.nix", "web"),
        ("machines/web/ports.nix", "web"),
        ("hosts/eu/web/ports.nix", "web"),
        ("hosts/web/lib/ports.nix", "web"),
    ],
)
def test_the_registry_of_a_machine(path: str, host: str) -> None:
    assert host_registries(["lib/ports.nix", path], "lib/ports.nix") == ((path, host),)


@pytest.mark.parametrize(
    "path",
    [
        "lib/ports.nix",
        "hosts/ports.nix",
        "hosts/web/default.nix",
        "hosts/a/b/c/ports.nix",
        "modules/web/ports.nix",
        "hosts/web/ports.toml",
    ],
)
def test_other_files(path: str) -> None:
    assert host_registries([path], "lib/ports.nix") == ()
