"""Default ports of services that are enabled without a port."""

import pytest

from port_registry.facts import tsv
from port_registry.facts.implied import ANY, ImpliedPort, System, implied_ports
from port_registry.model import Protocol


def _only(system: System, name: str) -> ImpliedPort:
    (port,) = implied_ports(system, ("services", name))
    return port


def test_a_service_has_its_port_option_and_address() -> None:
    implied = _only(System.NIXOS, "open-webui")
    assert implied.enable == ("services", "open-webui", "enable")
    assert implied.option == ("services", "open-webui", "port")
    assert implied.port == 8080
    assert implied.protocols == (Protocol.TCP,)
    assert implied.address == "127.0.0.1"
    assert implied.open_firewall == ("services", "open-webui", "openFirewall")
    assert implied.always


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
    assert [port.port for port in implied_ports(system, ("services", name))] == ports


def test_the_protocols_of_one_port_are_one() -> None:
    murmur = _only(System.NIXOS, "murmur")
    assert murmur.protocols == (Protocol.TCP, Protocol.UDP)


def test_quoted_parts_of_a_path_are_one() -> None:
    (redis,) = implied_ports(System.NIXOS, ("services", "redis"))
    assert redis.option == ("services", "redis", "servers", "", "port")
    davmail = implied_ports(System.HOME_MANAGER, ("services", "davmail"))
    assert davmail[0].option[-1] == "davmail.smtpPort"


def test_a_user_chosen_name_is_a_part() -> None:
    ports = implied_ports(System.SERVICES_FLAKE, ("services", "minio"))
    assert {port.enable for port in ports} == {("services", "minio", ANY, "enable")}


@pytest.mark.parametrize(
    ("system", "name"),
    [(System.NIXOS, "plex"), (System.NIXOS, "pgbouncer"), (System.DEVENV, "redis")],
)
def test_what_depends_on_more_is_not_always_bound(system: System, name: str) -> None:
    assert not any(port.always for port in implied_ports(system, ("services", name)))


def test_every_row_is_whole() -> None:
    rows = tsv.rows("nixos_defaults")
    assert len(rows) == 684
    for row in rows:
        system, enable, option, port, protocol, *_ = row
        assert len(row) == 11
        ports = implied_ports(System(system), (enable.split(".")[0], enable.split(".")[1]))
        matches = [
            implied
            for implied in ports
            if str(implied.port) == port and Protocol(protocol) in implied.protocols
        ]
        assert matches, row
        assert any(bool(match.option) == bool(option) for match in matches)
