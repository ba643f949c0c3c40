"""Numbers in Nix that are ports: which are, what is said of them, and where they stand."""

import pytest

from port_registry.model import Role, Source
from port_registry.sources.nix.module_facts import Literal, LiteralContext
from port_registry.sources.nix.read import read_module


def literals(body: str) -> tuple[Literal, ...]:
    """Return the literals of a module with this body; their digits are looked up in it."""
    source = Source("a.nix", f"{{ lib, pkgs, config, ... }}: {{\n{body}\n}}\n")
    module = read_module(source)
    found = () if module is None else module.literals
    for literal in found:
        if literal.digits is not None:
            assert int(source.slice(literal.digits)) == literal.number
    return found


def show(literal: Literal) -> str:
    """Return the heart of a literal: `listens 80/tcp attribute`."""
    last = f"-{literal.last}" if literal.last != literal.number else ""
    protocol = f"/{literal.protocol.value}" if literal.protocol else ""
    host = f" on {literal.host}" if literal.host else ""
    return f"{literal.role.value} {literal.number}{last}{protocol} {literal.context.value}{host}"


def shown(body: str) -> list[str]:
    return [show(literal) for literal in literals(body)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("services.a.port = 80;", ["listens 80 attribute"]),
        ("services.a.httpPort = 80;", ["listens 80 attribute"]),
        ("services.a.settings.http_port = 80;", ["listens 80 attribute"]),
        ("services.a.settings.portNumber = 80;", ["listens 80 attribute"]),
        ('services.a.settings.PORT = "80";', ["listens 80 attribute"]),
        ("services.a.settings.HTTP_PORT = 80;", ["listens 80 attribute"]),
        ("services.a.ports = [ 80 81 ];", ["listens 80 attribute", "listens 81 attribute"]),
        ("services.a.port = lib.mkDefault 80;", ["listens 80 attribute"]),
        ("services.a.port = lib.mkOverride 900 80;", ["listens 80 attribute"]),
        ("services.a.port = if 1 == 2 then 80 else 81;",
         ["listens 80 attribute", "listens 81 attribute"]),
        ('services.a.port = "${toString 80}";', ["listens 80 attribute"]),
        ("services.a.port = 0;", ["listens 0 attribute"]),
        ("services.a.port = 70000;", ["listens 70000 attribute"]),
        ("services.a.udpPort = 80;", ["listens 80/udp attribute"]),
        ("networking.wireguard.interfaces.wg0.listenPort = 51820;",
         ["listens 51820/udp attribute"]),
        ('services.a = { bind = "127.0.0.1"; port = 80; };',
         ["listens 80 attribute on 127.0.0.1"]),
        ('services.a.listen = [ { addr = "::1"; port = 80; } ];',
         ["listens 80 attribute on ::1"]),
        ('services.a = { hostname = "a.example.org"; port = 3000; };', ["listens 3000 attribute"]),
        ('services.a.listenPlain = [ "53" ];', ["listens 53 attribute"]),
        ('services.a.portRange = "8000-8010";', ["listens 8000-8010 attribute"]),
        ("services.a.portRange = { from = 1; to = 2; };", ["listens 1-2 attribute"]),
        ('services.a.port = "8000-8010";', ["listens 8000-8010 attribute"]),
        ("services.redis.servers.b.port = 80;", ["listens 80 attribute"]),
        ("services.redis.servers.postgres.port = 80;", ["listens 80 attribute"]),
        ("services.prometheus.exporters.redis.port = 80;", ["listens 80 attribute"]),
        ("services.a.settings.database.port = 80;", ["connects 80 attribute"]),
        ("services.a.redis.port = 80;", ["connects 80 attribute"]),
        ('services.a.settings.smtp = { host = "smtp.example.org"; port = 587; };',
         ["connects 587 attribute on smtp.example.org"]),
        ('services.a.settings = { host = "smtp.example.org"; port = 587; };',
         ["connects 587 attribute on smtp.example.org"]),
        ('services.a.env = { RCON_HOST = "127.0.0.1"; RCON_PORT = "80"; };',
         ["connects 80 attribute on 127.0.0.1"]),
        ("processes.a.readiness_probe.http_get.port = 80;", ["probes 80 attribute"]),
        ("my.ports.web = 80;", ["repeats 80 attribute"]),
        ("my.ports.otel.http = 80;", ["repeats 80 attribute"]),
        ("my.web.port = 80;", ["repeats 80 attribute"]),
    ],
)  # fmt: skip
def test_named_numbers(body: str, expected: list[str]) -> None:
    assert shown(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "a.timeout = 80;",
        "a.portOffset = 80;",
        "a.portCount = 80;",
        "a.portRange = 80;",
        "a.serialPort = 80;",
        "a.viewport = 80;",
        "a.support = 80;",
        "a.port = 8000 + 1;",
        "a.port = config.b.port or x.y.z 80;",
        "a.isValidPort = 80;",
        "a.ports.web.timeout = 80;",
        'a.ports = [ "80" ];',
        "a.forwardPorts = [ { containerPort = 80; } ];",
        "virtualisation.forwardPorts = [ { guest.port = 22; } ];",
        "programs.ssh.matchBlocks.a.port = 22;",
        "accounts.email.accounts.a.imap.port = 993;",
        "services.a.settings.smtp.port = 587;",
        "a.range.from = 80;",
    ],
)
def test_numbers_that_are_no_ports_of_the_machine(body: str) -> None:
    assert shown(body) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("networking.firewall.allowedTCPPorts = [ 80 ];", ["repeats 80/tcp firewall"]),
        ("networking.firewall.allowedUDPPorts = lib.mkForce ([ 53 ] ++ lib.optional true 54);",
         ["repeats 53/udp firewall", "repeats 54/udp firewall"]),
        ("networking.firewall.interfaces.a.allowedUDPPortRanges = [ { from = 1; to = 2; } ];",
         ["repeats 1-2/udp firewall"]),
        ("networking.firewall.allowedTCPPortRanges = [ { from = 1; to = config.x; } ];", []),
        ('my.firewall.inbound = [ { port = 80; proto = "tcp"; } ];', ["repeats 80/tcp firewall"]),
        ("networking.nat.forwardPorts = [ { sourcePort = 80; } ];", ["repeats 80 attribute"]),
        ('networking.nat.forwardPorts = [ { destination = "10.0.0.1:80"; } ];',
         ["connects 80 address on 10.0.0.1"]),
    ],
)  # fmt: skip
def test_firewalls(body: str, expected: list[str]) -> None:
    assert shown(body) == expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("8080:80", ["listens 8080/tcp container"]),
        ("127.0.0.1:8080:80/udp", ["listens 8080/udp container on 127.0.0.1"]),
        ("[::1]:8080:80", ["listens 8080/tcp container on ::1"]),
        ("8080-8090:8080-8090", ["listens 8080-8090/tcp container"]),
        ("${config.ip}:8080:80", ["listens 8080/tcp container"]),
        ("8080:${toString config.inner}", ["listens 8080/tcp container"]),
        ("${toString 8080}:80", ["listens 8080/tcp container"]),
        ("${toString config.outer}:80", []),
        ("80", []),
    ],
)
def test_ports_of_containers(item: str, expected: list[str]) -> None:
    assert shown(f'virtualisation.oci-containers.containers.a.ports = [ "{item}" ];') == expected


def test_the_inner_side_of_a_container_listens_nowhere() -> None:
    body = """
      virtualisation.oci-containers.containers.a = {
        environment.PORT = "80";
        cmd = [ "serve" "--port" "81" ];
        extraOptions = [ "-p" "8080:82" "--publish=8081:83" ];
      };
    """
    assert shown(body) == [
        "repeats 80 attribute",
        "repeats 81/tcp command",
        "listens 8080/tcp container",
        "listens 8081/tcp container",
    ]


def test_a_default_of_an_option_is_told() -> None:
    body = """
      options.services.a.port = lib.mkOption { type = lib.types.port; default = 80; };
      options.services.a.url = lib.mkOption { default = "http://localhost:81"; };
    """
    assert {literal.context for literal in literals(body)} == {LiteralContext.DEFAULT}
    assert [literal.number for literal in literals(body)] == [80, 81]


def test_digits_are_those_in_the_file() -> None:
    body = """
      a.port = 80;
      b.port = "81";
      c.url = "http://localhost:${toString 82}";
      d.bind = "127.0.0.1:" + toString 83;
      e.ports = [ "84-85:84-85" ];
    """
    found = literals(body)
    assert [(one.number, one.quoted, one.digits is not None) for one in found] == [
        (80, False, True),
        (81, True, True),
        (82, False, True),
        (83, False, True),
        (84, True, False),
    ]


def test_setting_and_guards_are_kept() -> None:
    (found,) = literals("a = lib.mkIf config.b.enable { c.port = 80; };")
    assert found.setting == ("a", "c", "port")
    assert found.label == "port"
    assert len(found.guards) == 1
    assert found.role is Role.REPEATS
