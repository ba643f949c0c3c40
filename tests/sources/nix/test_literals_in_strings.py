"""Numbers in strings and scripts that are ports."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from port_registry.languages.nix import tree
from port_registry.languages.nix.parse import parse
from port_registry.model import Source
from port_registry.sources.nix.literals.literal_site import LiteralSite
from port_registry.sources.nix.literals.strings import read_string
from tests.sources.nix.test_literals import shown


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('services.a.listen = "127.0.0.1:80";', ["listens 80 address on 127.0.0.1"]),
        ('services.a.listen = ":80";', ["listens 80 address"]),
        ('services.a.bind = "[::]:80";', ["listens 80 address on ::"]),
        ('services.a.address = "0.0.0.0:80";', ["listens 80 address on 0.0.0.0"]),
        ('services.a.guiAddress = "localhost:80";', ["listens 80 address on localhost"]),
        ('services.a.listen = [ "192.0.2.1@53" ];', ["listens 53 address on 192.0.2.1"]),
        ('services.a.listen = "10.0.0.1:80/udp";', ["listens 80/udp address on 10.0.0.1"]),
        ('systemd.sockets.a.listenStreams = [ "127.0.0.1:80" "81" ];',
         ["listens 80 address on 127.0.0.1", "listens 81 attribute"]),
        ('services.a.proxyPass = "http://127.0.0.1:80/x";',
         ["connects 80/tcp address on 127.0.0.1"]),
        ('services.a.databaseUrl = "postgres://a:b@db:80/x";', ["connects 80/tcp address on db"]),
        ('services.a.rootUrl = "http://localhost:80";', ["repeats 80/tcp address on localhost"]),
        ('services.a.url = "http://${config.x}:80";', ["connects 80/tcp address"]),
        ('services.a.url = "http://localhost:8080${config.x}";',
         ["connects 8080/tcp address on localhost"]),
        ('services.a.static_configs = [ { targets = [ "b:80" "localhost:81" ]; } ];',
         ["connects 80 address on b", "connects 81 address on localhost"]),
        ('services.a.receivers.otlp.endpoint = "0.0.0.0:80";',
         ["listens 80 address on 0.0.0.0"]),
        ('services.a.exporters.otlp.endpoint = "localhost:80";',
         ["connects 80 address on localhost"]),
        ('services.a.environment = [ "PORT=80" "DB_URL=redis://b:81" ];',
         ["listens 80 attribute", "connects 81/tcp address on b"]),
        ('services.a.repo = "rest:http://10.0.0.1:80/x";',
         ["connects 80/tcp address on 10.0.0.1"]),
        ('services.a.nodes = "a:80,b:81";',
         ["connects 80 address on a", "connects 81 address on b"]),
        ('services.a.x = "see localhost:80";', ["repeats 80 address on localhost"]),
    ],
)  # fmt: skip
def test_addresses(body: str, expected: list[str]) -> None:
    assert shown(body) == expected


@pytest.mark.parametrize(
    "text",
    [
        "github:9001/copyparty",
        "github:owner/repo/9001",
        "docker://node:22",
        "postgres:16",
        "12:30",
        "12:30:45",
        "*:0/15",
        "Mon..Fri *-*-* 12:30:00",
        "1000:1000",
        "100000:65536",
        "a:b",
        "smtp.example.org:587",
        "https://example.org:8443/x",
        "user@example.org:22",
        "2001:db8::1:80",
        "::1:80",
        "fe80::80/64",
        "aa:bb:cc:11:22:33",
        "sha256:1234",
        "sha256-abc:80def",
        "5m",
        "0x1F90",
        "16:9",
        "mouse:272",
        "$host:80",
        "${VAR}:80",
        "${EXTEN:8}",
        "^.*:80$",
        '{"status":404}',
        "#ff8080",
        "localhost:80.1",
        "localhost:8x",
        "/srv/a:80:ro",
    ],
)
def test_text_without_ports(text: str) -> None:
    escaped = text.replace('"', '\\"').replace("${", "\\${")
    for name in ("a", "url", "address", "value"):
        assert shown(f'services.b.{name} = "{escaped}";') == []


@pytest.mark.parametrize(
    "name", ["description", "image", "OnCalendar", "testScript", "message", "sha256", "homepage"]
)
def test_attributes_that_name_no_ports(name: str) -> None:
    assert shown(f'a.{name} = "http://localhost:80 --port 81";') == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("listen 80;", ["listens 80 attribute"]),
        ("listen 80 ssl default_server;", ["listens 80 attribute"]),
        ("listen [::]:80;", ["listens 80 address on ::"]),
        ("proxy_pass http://localhost:80;", ["connects 80/tcp address on localhost"]),
        ("reverse_proxy * 127.0.0.1:80", ["connects 80 address on 127.0.0.1"]),
        ("reverse_proxy b:80", ["connects 80 address on b"]),
        ("http_port: 80", ["listens 80 attribute"]),
        ('"port": 80,', ["listens 80 attribute"]),
        ("'port' => 80,", ["listens 80 attribute"]),
        ("port 80", ["listens 80 attribute"]),
        ("bind=${config.ip}:80", ["listens 80 address"]),
        ("server = mqtt://localhost:80", ["connects 80/tcp address on localhost"]),
        ("admin localhost:80", ["repeats 80 address on localhost"]),
        ("# listen: localhost:80, port: 80", []),
        ("a b  # port=80", []),
        ("open port 80 for it", []),
        ("containerPort: 80", []),
        ("traefik.http.services.a.loadbalancer.server.port=80", []),
        ("host=smtp.example.org port=587", []),
        ("tcp dport 80 accept", []),
    ],
)
def test_lines_of_configuration(line: str, expected: list[str]) -> None:
    text = f"first\n{line}\nlast\n"
    assert shown(f"services.a.extraConfig = ''\n{text}'';") == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("redis-server --port 80", ["listens 80/tcp command"]),
        ("${pkgs.redis}/bin/redis-server --port=80", ["listens 80/tcp command"]),
        ("${lib.getExe pkgs.memcached} -p 80", ["listens 80/tcp command"]),
        ('${lib.getExe\' pkgs.redis "redis-cli"} -p 80', ["connects 80/tcp command"]),
        ("nc -z localhost 80", ["connects 80/tcp command on localhost"]),
        ("nc -z example.org 80", []),
        ("curl -s http://localhost:80/x", ["connects 80/tcp address on localhost"]),
        ("docker run -p 8080:80 redis", ["listens 8080/tcp container"]),
        ("./a --metrics-port 80", ["repeats 80 command"]),
        ("ssh-keygen -b 4096", []),
        ("ssh -p 2222 example.org", []),
        ("x11vnc -display :1", []),
        ("echo port=80", ["repeats 80 attribute"]),
        ("cat <<X\nurl = http://localhost:80\nX", ["connects 80/tcp address on localhost"]),
        ("${toString 80}", []),
        ("a --port ${toString 80}", ["repeats 80 command"]),
    ],
)
def test_scripts(line: str, expected: list[str]) -> None:
    assert shown(f"systemd.services.a.script = ''\n{line}\n'';") == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('serviceConfig.ExecStart = "/bin/a --port 80";', ["listens 80 command"]),
        ('args = [ "--port" "80" ];', ["repeats 80 command"]),
        ('args = [ "--port" (toString 80) ];', []),
        ('args = [ "--port=80" ];', ["repeats 80 command"]),
        ('args = [ "--timeout" "80" ];', []),
        ('extraArgs = [ "--listen" "127.0.0.1:80" ];', ["listens 80 address on 127.0.0.1"]),
        ('sshOpts = [ "-p" "2222" ];', []),
        ('command = [ "redis-cli" "-p" "80" ];', ["connects 80/tcp command"]),
        ('readiness_probe.exec.command = "redis-cli -p 80";', ["probes 80/tcp command"]),
    ],
)
def test_commands(body: str, expected: list[str]) -> None:
    assert shown(f"systemd.services.a = {{ {body} }};") == expected


@pytest.mark.parametrize(
    "piece",
    [
        "curl http://localhost:80/x\n",
        "x localhost:80 ",
        "http://a:80,",
        ":80",
        "port=80 ",
        "port",
        "12:30:45 ",
        "a:",
        " ",
        "a@",
    ],
)
def test_the_time_grows_with_the_text(piece: str) -> None:
    def spent(length: int) -> float:
        file = parse(Source("a", '{ script = "' + piece * (length // len(piece)) + '"; }'))
        assert isinstance(file.root, tree.Set)
        node = file.root.definitions["script"].node
        assert isinstance(node, tree.Str)
        before = time.process_time()
        list(read_string(LiteralSite(node, ("script",), file.root, False, ()), node))
        return time.process_time() - before

    assert spent(48_000) < 24 * spent(6_000) + 0.1


@given(st.text(alphabet='ab:/@.[]0123456789 -=,;"#$%\n'), st.sampled_from(["url", "script", "x"]))
def test_any_text_can_be_read(text: str, name: str) -> None:
    escaped = text.replace("\\", "").replace('"', '\\"').replace("$", "\\$")
    for literal in shown(f'a.{name} = "{escaped}";'):
        assert literal


def test_literals_come_in_order() -> None:
    file = parse(Source("a", '{ script = "a http://b:80 --port 81 http://c:82"; }'))
    assert isinstance(file.root, tree.Set)
    node = file.root.definitions["script"].node
    assert isinstance(node, tree.Str)
    found = list(read_string(LiteralSite(node, ("script",), file.root, False, ()), node))
    assert [literal.number for literal in found] == [80, 81, 82]
