"""Which services of a host are in each other's way."""

import pytest

from tests.rules import harness
from tests.rules.samples import REGISTRY

NAME = ("port-clash",)

ENTRIES = """{
  web = { ui = 8080; files = 8090; openWebui = 8081; };
  storage.minio = 9000;
  https = 443;
}
"""


def _check(body: str, entries: str = ENTRIES, **others: str) -> harness.Checked:
    head = "{ config, lib, secrets, ... }:\nlet ports = import ./lib/ports.nix; in\n"
    text = f"{head}{{\n{body}\n}}\n"
    files = {f"{name}.nix": content for name, content in others.items()}
    return harness.run({REGISTRY: entries, "configuration.nix": text, **files}, NAME)


def _said(body: str, entries: str = ENTRIES, **others: str) -> list[str]:
    found = _check(body, entries, **others).findings
    return [f"{one.severity.value}: {one.message}" for one in found]


WEBUI = "services.open-webui.enable = true;"
FILES = "services.filebrowser.enable = true;"


def test_two_defaults_clash() -> None:
    found = _check(f"{WEBUI}\n{FILES}")
    assert found.shown() == ["port-clash configuration.nix:5 services.filebrowser.enable"]
    (finding,) = found.findings
    assert finding.severity.value == "error"
    assert finding.message == (
        "filebrowser and open-webui both listen on 8080 by default;"
        " set services.filebrowser.settings.port"
    )
    assert [one.span.path for one in finding.related] == ["configuration.nix"]


def test_a_default_gives_way_to_an_entry() -> None:
    body = "services.mealie.enable = true; services.minio = { enable = true;"
    body += ' listenAddress = ":${toString ports.storage.minio}"; };'
    assert _said(body) == [
        (
            "error: mealie listens on 9000 by default, as minio (storage.minio in the registry)"
            " does; set services.mealie.port"
        )
    ]


def test_the_registry_decides_who_stays() -> None:
    (said,) = _said(f"{WEBUI} {FILES}", "{ web.openWebui = 8080; }")
    assert said.startswith("error: filebrowser and open-webui (web.openWebui in the registry)")


@pytest.mark.parametrize(
    "body",
    [
        f"{WEBUI} services.filebrowser = {{ enable = true; settings.port = ports.web.files; }};",
        f"{WEBUI} services.filebrowser.enable = false;",
        f"{WEBUI} services.filebrowser = {{ enable = true; settings = secrets.files; }};",
        f'{WEBUI} services.filebrowser = {{ enable = true; settings.address = "10.0.0.1"; }};',
        f"{WEBUI} containers.x = {{ privateNetwork = true; config = {{ {FILES} }}; }};",
        f"{WEBUI} specialisation.x.configuration = {{ {FILES} }};",
        (
            "services.syncthing.enable = true;"
            " home-manager.users.ann.services.syncthing.enable = true;"
        ),
        "services.nginx = { enable = true; virtualHosts = { a.x = 1; b.x = 1; }; };",
        (
            "services.gitea = { enable = true; settings.server.SSH_PORT = 22; };"
            " services.openssh.enable = true;"
        ),
        "services.plex.enable = false; services.unifi.enable = false;",
    ],
)
def test_what_does_not_clash(body: str) -> None:
    assert _said(body) == []


def test_alternatives_do_not_clash() -> None:
    body = f"""
      options.my.files = lib.mkEnableOption "x";
      config = lib.mkMerge [
        (lib.mkIf config.my.files {{ {FILES} }})
        (lib.mkIf (!config.my.files) {{ {WEBUI} }})
      ];
    """
    assert _said(body) == []


def test_two_web_servers_clash() -> None:
    body = """
      services.nginx = { enable = true; virtualHosts.a.x = 1; };
      services.caddy = { enable = true; virtualHosts."http://b".x = 1; };
    """
    assert _said(body) == [
        "error: caddy and nginx both listen on 80 by default; set services.caddy.httpPort"
    ]


def test_containers_clash_with_services() -> None:
    body = f'{WEBUI} virtualisation.oci-containers.containers.wiki.ports = [ "8080:80" ];'
    assert _said(body) == [
        "error: open-webui listens on 8080 by default, as wiki does; set services.open-webui.port"
    ]


def test_two_services_on_one_entry_clash() -> None:
    body = """
      services.gitea = { enable = true; settings.server.HTTP_PORT = ports.web.ui; };
      services.paperless = { enable = true; port = ports.web.ui; };
    """
    (said,) = _said(body)
    assert said.startswith("error: paperless and gitea (web.ui in the registry) both listen on")


def test_one_of_two_services_may_be_known_by_its_option_alone() -> None:
    body = """
      services.netdata = { enable = true; config.web."default port" = ports.netdata; };
      services.gitea = { enable = true; settings.server.HTTP_PORT = ports.netdata; };
    """
    (said,) = _said(body, "{ netdata = 19999; }")
    assert said.startswith("warning: gitea and netdata (netdata in the registry) both listen on")


def test_a_condition_that_is_not_known_makes_it_a_warning() -> None:
    (said,) = _said(f"{WEBUI} services.filebrowser.enable = secrets.files;")
    assert said.startswith("warning: ")


HOSTS = """{ outputs = { nixpkgs, ... }: { nixosConfigurations = {
  a = nixpkgs.lib.nixosSystem { modules = [ ./webui.nix ./more.nix ]; };
  b = nixpkgs.lib.nixosSystem { modules = [ ./files.nix ./more.nix ]; };
}; }; }
"""


def test_hosts_do_not_clash_with_one_another() -> None:
    files = {
        REGISTRY: ENTRIES,
        "flake.nix": HOSTS,
        "webui.nix": f"{{ {WEBUI} }}",
        "files.nix": f"{{ {FILES} }}",
    }
    assert harness.run(files, NAME).shown() == []


def test_a_clash_of_many_hosts_is_one() -> None:
    files = {
        REGISTRY: ENTRIES,
        "flake.nix": HOSTS,
        "more.nix": f"{{ {WEBUI} {FILES} }}",
    }
    (finding,) = harness.run(files, NAME).findings
    assert " by default on a, b; set " in finding.message


def test_a_default_is_not_another_services_entry() -> None:
    body = f"{WEBUI} services.wiki.port = ports.web.ui;"
    assert _said(body) == [
        (
            "warning: open-webui listens on 8080 by default, which is web.ui in the registry;"
            " set services.open-webui.port"
        )
    ]


@pytest.mark.parametrize(
    "body",
    [
        WEBUI,
        "services.grafana.enable = true; services.wiki.port = ports.web.ui;",
        (
            "services.nginx = { enable = true; virtualHosts.a.forceSSL = true; };"
            " services.wiki.port = ports.https;"
        ),
    ],
)
def test_an_entry_that_nothing_here_uses_is_not_taken(body: str) -> None:
    assert _said(body) == []


def test_an_entry_of_the_same_service_is_not_taken() -> None:
    body = f"{WEBUI} services.nginx.upstream = ports.web.openWebui;"
    assert _said(body, "{ web.openWebui = 8080; }") == []


def test_where_no_host_is_known_it_is_a_warning() -> None:
    files = {REGISTRY: ENTRIES, "modules/all.nix": f"{{ {WEBUI} {FILES} }}"}
    assert {one.severity.value for one in harness.run(files, NAME).findings} == {"warning"}


def test_instances_of_one_service_clash() -> None:
    instance = "services.redis.servers.{} = {{ enable = true; port = {}; }};"
    assert _said(f"{instance.format('a', 7777)} {instance.format('b', 7777)}") == [
        "warning: redis b and redis a both listen on 7777; give one of them another port"
    ]
    assert _said(f"{instance.format('a', 7777)} {instance.format('b', 7778)}") == []


def test_a_port_next_to_an_enable_is_listened_on() -> None:
    mine = "services.mine = {{ enable = {}; port = 3005; }};"
    grafana = "services.grafana = { enable = true; settings.server.http_port = 3005; };"
    (said,) = _said(f"{mine.format('true')} {grafana}")
    assert said.startswith("warning: grafana and mine both listen on 3005")
    assert _said(f"{mine.format('false')} {grafana}") == []
    # An option that a module sets for another purpose is none: it only looks like a port.
    assert _said(f"services.mine = {{ enable = true; upstream.port = 3005; }}; {grafana}") == []


def test_two_options_of_one_service_do_not_clash() -> None:
    body = "services.mine = { enable = true; http.port = 3005; admin.port = 3005; };"
    assert _said(body) == []
