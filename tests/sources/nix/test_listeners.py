"""What services listen on, written or implied."""

import pytest

from port_registry.model import Certainty
from tests.sources.nix.fleets import REGISTRY, alone, fleet, listening


def _on(body: str, others: dict[str, str] | None = None) -> list[str]:
    return listening({**alone(body), **(others or {})})


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("services.open-webui.enable = true;", ["open-webui 8080/tcp 127.0.0.1 implied"]),
        ("services.open-webui.enable = false;", []),
        ("services.open-webui.package = pkgs.x;", []),
        (
            'services.open-webui = { enable = true; port = 9000; host = "0.0.0.0"; };',
            ["open-webui 9000/tcp 0.0.0.0 written"],
        ),
        ("services.open-webui = { enable = true; port = secrets.number; };", []),
        ("services.open-webui = { enable = true; port = 70000; };", []),
        (
            'services.open-webui = { enable = true; environment.PORT = "9000"; };',
            ["?? open-webui 9000/tcp - written"],
        ),
        (
            'services.open-webui = { enable = true; environment.A = "b"; };',
            ["open-webui 8080/tcp 127.0.0.1 implied"],
        ),
        ('services.llama-cpp = { enable = true; extraFlags = [ "--port" "1" ]; };', []),
        (
            'services.llama-cpp = { enable = true; extraFlags = [ "--threads" "1" ]; };',
            ["llama-cpp 8080/tcp 127.0.0.1 implied"],
        ),
        ("services.llama-cpp = { enable = true; extraFlags = secrets.flags; };", []),
        (
            (
                "services.open-webui.enable = true;"
                ' systemd.services.open-webui.serviceConfig.ExecStart = "x --port 1";'
            ),
            [],
        ),
        (
            "services.murmur.enable = true;",
            ["murmur 64738/tcp+udp - implied"],
        ),
        (
            'services.minio = { enable = true; listenAddress = "127.0.0.1:9100"; };',
            ["minio 9001/tcp * implied", "minio 9100/tcp 127.0.0.1 written"],
        ),
        (
            'services.etcd = { enable = true; listenClientUrls = [ "http://[::1]:1" ]; };',
            ["etcd 2380/tcp 127.0.0.1 implied", "etcd 1/tcp ::1 written"],
        ),
        (
            "services.openssh = { enable = true; ports = [ 22 2222 ]; };",
            ["openssh 22/tcp - written", "openssh 2222/tcp - written"],
        ),
        (
            "services.immich = { enable = true; machine-learning.enable = false; };",
            ["immich 2283/tcp localhost implied"],
        ),
        (
            "services.nitter = { enable = true; redisCreateLocally = false; };",
            ["nitter 8080/tcp 0.0.0.0 implied"],
        ),
        ('services.miniflux = { enable = true; config.LISTEN_ADDR = "fd:3"; };', []),
        ('services.miniflux = { enable = true; config.LISTEN_ADDR = "/run/a.sock"; };', []),
        ("services.plex.enable = true;", ["?"]),
    ],
)
def test_services_with_facts(body: str, found: list[str]) -> None:
    if found == ["?"]:
        assert {line[0] for line in _on(body)} == {"?"}
    else:
        assert _on(body) == found


def test_instances_have_names_of_their_own() -> None:
    body = 'services.mailpit.instances = { a = { }; b = { listen = ":1"; }; };'
    found = {line.split(" ", 2)[1] for line in _on(body.replace("{ }", '{ smtp = ":2"; }'))}
    assert found >= {"1/tcp", "2/tcp"}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("services.nginx.virtualHosts.a.forceSSL = true;", []),
        ("services.nginx = { enable = true; virtualHosts.a = { root = 1; }; };", ["80"]),
        (
            (
                "services.nginx = { enable = true; virtualHosts = {"
                " a.forceSSL = true; b.addSSL = true; c.root = 1; }; };"
            ),
            ["443", "80"],
        ),
        ("services.nginx = { enable = true; virtualHosts.a.onlySSL = true; };", ["443"]),
        (
            (
                "services.nginx = { enable = true; defaultHTTPListenPort = 8080;"
                " virtualHosts.a.root = 1; };"
            ),
            ["8080"],
        ),
        (
            (
                "services.nginx = { enable = true; virtualHosts.a.listen ="
                ' [ { addr = "127.0.0.1"; port = 81; } { addr = "[::]"; port = 82; } ]; };'
            ),
            ["81", "82"],
        ),
        ("services.nginx = { enable = true; virtualHosts = secrets.x; };", ["? 80"]),
        (
            'services.caddy = { enable = true; virtualHosts."a.org".extraConfig = "x"; };',
            ["443", "80"],
        ),
        ('services.caddy = { enable = true; virtualHosts.":81".extraConfig = "x"; };', ["81"]),
        ('services.caddy = { enable = true; virtualHosts."http://a".a = 1; };', ["80"]),
        (
            (
                "services.caddy = { enable = true; virtualHosts.a.x = 1;"
                ' globalConfig = "http_port 81"; };'
            ),
            ["? 443", "? 80"],
        ),
        ("services.caddy.enable = true;", []),
    ],
)
def test_web_servers_share_a_port_among_sites(body: str, found: list[str]) -> None:
    short = [line.replace("nginx ", "").replace("caddy ", "").split("/")[0] for line in _on(body)]
    assert sorted(short) == found


@pytest.mark.parametrize(
    ("ports", "found"),
    [
        ('"8080:80"', ["c 8080/tcp * written"]),
        ('"127.0.0.1:8080:80/udp"', ["c 8080/udp 127.0.0.1 written"]),
        ('"9000-9002:1-3"', ["c 9000-9002/tcp * written"]),
        ('"${toString ports.web}:80"', ["c 7000/tcp * web"]),
        ('"80"', []),
        ('"${pkgs.port}:80"', []),
        ('"a:b"', []),
    ],
)
def test_containers_publish_ports(ports: str, found: list[str]) -> None:
    body = f"virtualisation.oci-containers.containers.c.ports = [ {ports} ];"
    text = f"{{ pkgs, ... }}: let ports = import ./lib/ports.nix; in {{ {body} }}"
    assert listening({"configuration.nix": text, REGISTRY: "{ web = 7000; }"}) == found


def test_sockets_and_tunnels() -> None:
    body = """
      systemd.sockets.a.listenStreams = [ "127.0.0.1:81" "/run/a.sock" ];
      systemd.sockets.b.socketConfig.ListenDatagram = 82;
      networking.wireguard.interfaces.wg0.listenPort = 83;
    """
    assert _on(body) == [
        "a 81/tcp 127.0.0.1 written",
        "b 82/udp - written",
        "wg0 83/udp - written",
    ]


def test_options_named_for_a_port_are_possible_listeners() -> None:
    body = """
      services.loki = { enable = true; configuration.server.http_listen_port = 3100; };
      services.wiki = { enable = true; database.port = 5432; };
      services.off.port = 1;
    """
    assert _on(body) == ["?? loki 3100/tcp - written"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("networking.firewall.allowedTCPPorts = [ 80 443 ];", ["80/tcp", "443/tcp"]),
        ("networking.firewall.allowedUDPPorts = [ ports.web ];", ["7000/udp web"]),
        ("networking.firewall.interfaces.wg0.allowedTCPPorts = [ 1 ];", ["1/tcp wg0"]),
        (
            (
                "networking.firewall.allowedTCPPortRanges ="
                " [ { from = 1; to = 2; } { from = 8; to = 9; } ];"
            ),
            ["1-2/tcp", "8-9/tcp"],
        ),
        ("services.gitea.enable = true;", []),
        ("services.grafana = { enable = true; openFirewall = true; };", ["3000/tcp"]),
        ("services.grafana = { enable = true; openFirewall = false; };", []),
    ],
)
def test_what_the_firewall_lets_in(body: str, found: list[str]) -> None:
    text = f"{{ config, ... }}: let ports = import ./lib/ports.nix; in {{ {body} }}"
    (host,) = fleet({"configuration.nix": text, REGISTRY: "{ web = 7000; }"}).hosts
    assert all(one.certainty is Certainty.CERTAIN for one in host.openings)
    assert [
        " ".join(
            part
            for part in (
                f"{one.ports}/{one.protocol.value}",
                one.interface,
                ".".join(one.entry or ()),
            )
            if part
        )
        for one in host.openings
    ] == found


def test_a_user_has_services_too() -> None:
    body = "home-manager.users.ann.services.mpd.enable = true;"
    assert _on(body) == ["mpd 6600/tcp 127.0.0.1 implied"]


def test_entries_that_a_host_uses() -> None:
    text = """{ lib, config, ... }: let ports = import ./lib/ports.nix; in {
      options.x.enable = lib.mkEnableOption "x";
      config = lib.mkMerge [
        { networking.firewall.allowedTCPPorts = [ ports.opened ]; a.port = ports.used; }
        (lib.mkIf config.x.enable { b.port = ports.waiting; })
      ];
    }"""
    registry = "{ opened = 1; used = 2; waiting = 3; }"
    (host,) = fleet({"configuration.nix": text, REGISTRY: registry}).hosts
    assert host.referenced == {("used",)}
