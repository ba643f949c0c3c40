"""Ports that services take when none is named."""

import pytest

from port_registry.facts import tsv
from port_registry.facts.implied import ANY, Implied, System, implied
from port_registry.model.port import Protocol


def _only(system: System, name: str) -> Implied:
    (found,) = implied(system, ("services", name))
    return found


def test_a_service_has_its_port_option_and_address() -> None:
    found = _only(System.NIXOS, "open-webui")
    assert found.enable == ("services", "open-webui", "enable")
    assert found.option == ("services", "open-webui", "port")
    assert found.port == 8080
    assert found.protocols == (Protocol.TCP,)
    assert found.address == "127.0.0.1"
    assert found.open_firewall == ("services", "open-webui", "openFirewall")
    assert found.always


@pytest.mark.parametrize(
    ("system", "name", "ports"),
    [
        (System.NIXOS, "immich", [2283, 3003]),
        (System.NIXOS, "no-such-service", []),
        (System.HOME_MANAGER, "open-webui", []),
        (System.DEVENV, "redis", [6379]),
        (System.SERVICES_FLAKE, "redis", [6379]),
    ],
)
def test_each_system_has_services_of_its_own(system: System, name: str, ports: list[int]) -> None:
    assert [one.port for one in implied(system, ("services", name))] == ports


def test_the_protocols_of_one_port_are_one() -> None:
    found = _only(System.NIXOS, "murmur")
    assert found.protocols == (Protocol.TCP, Protocol.UDP)


def test_quoted_parts_of_a_path_are_one() -> None:
    (redis,) = implied(System.NIXOS, ("services", "redis"))
    assert redis.option == ("services", "redis", "servers", "", "port")
    davmail = implied(System.HOME_MANAGER, ("services", "davmail"))
    assert davmail[0].option[-1] == "davmail.smtpPort"


def test_a_name_of_ones_own_is_a_part() -> None:
    found = implied(System.SERVICES_FLAKE, ("services", "minio"))
    assert {one.enable for one in found} == {("services", "minio", ANY, "enable")}


@pytest.mark.parametrize(
    ("system", "name"),
    [(System.NIXOS, "plex"), (System.NIXOS, "pgbouncer"), (System.DEVENV, "redis")],
)
def test_what_depends_on_more_is_not_always_bound(system: System, name: str) -> None:
    assert not any(one.always for one in implied(system, ("services", name)))


def test_every_row_is_whole() -> None:
    rows = tsv.rows("nixos_defaults")
    assert len(rows) == 684
    for row in rows:
        system, enable, option, port, protocol, *_ = row
        assert len(row) == 11
        found = implied(System(system), (enable.split(".")[0], enable.split(".")[1]))
        match = [
            one for one in found if str(one.port) == port and Protocol(protocol) in one.protocols
        ]
        assert match, row
        assert any(bool(one.option) == bool(option) for one in match)
