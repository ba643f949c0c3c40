"""What files name becomes entries, with names and categories that people would give."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from port_registry.changes.init.name_words import NameStyle, attribute_name
from port_registry.facts.identifiers import normalise
from port_registry.model import is_bare
from tests.changes.init.proposing import entries, proposal, said
from tests.sizes import size

_STACK = "processes:\n"


def _process(name: str, command: str, **environment: str) -> str:
    lines = [f"  {name}:", f"    command: {command}"]
    if environment:
        lines.append("    environment:")
        lines += [f'      {key}: "{value}"' for key, value in environment.items()]
    return "\n".join(lines) + "\n"


def test_processes_are_entries_in_the_categories_of_their_services() -> None:
    stack = _STACK + "".join(
        (
            _process("redis", "redis-server --port 6380"),
            _process("db", "postgres -p 5432"),
            _process("api", "bun run dev", PORT="3000"),
            _process("mailpit", "mailpit --smtp 127.0.0.1:1025 --listen 127.0.0.1:8025"),
        )
    )
    assert entries({"process-compose.yaml": stack}) == {
        "databases.postgresql": "5432",
        "databases.redis": "6380",
        "development.api": "3000",
        "development.mailpit": "1025",
        "development.mailpitUI": "8025",
    }


def test_ports_of_one_service_are_told_apart_by_what_holds_them() -> None:
    stack = _STACK + _process("shop-api", "run", PORT="3000", GRPC_PORT="3005", METRICS_PORT="9464")
    assert entries({"process-compose.yaml": stack}) == {
        "services.shop-api": "3000",
        "services.shop-api-grpc": "3005",
        "services.shop-api-metrics": "9464",
    }


def test_a_service_named_in_several_files_is_one_entry() -> None:
    plan = proposal(
        {
            "process-compose.yaml": _STACK + _process("postgres", "postgres -p 5432"),
            "compose.yaml": "services:\n  db:\n    image: postgres:17\n    ports: ['5432:5432']\n",
            ".env.example": "DATABASE_URL=postgres://localhost:5432/shop\nPGPORT=5432\n",
        }
    )
    assert said(plan) == {"databases.postgres": "5432"}
    assert len(plan.candidates[0].candidate.observations) == 4
    assert (plan.contests, plan.skipped) == ((), ())


def test_two_services_on_one_port_are_told_and_one_gets_it() -> None:
    plan = proposal(
        {
            "process-compose.yaml": _STACK + _process("web", "run", PORT="3000"),
            "compose.yaml": "services:\n  grafana:\n    image: grafana/grafana\n"
            "    ports: ['3000:3000']\n",
        }
    )
    assert said(plan) == {"monitoring.grafana": "3000"}
    (contest,) = plan.contests
    assert (contest.winner.best.service, contest.loser.best.service) == ("grafana", "web")


def test_what_is_on_other_protocols_is_no_clash() -> None:
    ports = "services:\n  game:\n    ports: ['7000:1/udp']\n  web:\n    ports: ['7000:2']\n"
    plan = proposal({"compose.yaml": ports})
    assert plan.contests == ()
    assert said(plan) == {"services.game": "7000/udp", "services.web": "7000"}
    assert "    game = 7000; # udp\n    web = 7000; # tcp\n" in plan.text


def test_a_range_covers_what_its_service_names_alone() -> None:
    ports = "services:\n  media:\n    ports: ['9000-9010:9000-9010', '9001:9001', '9020:9020']\n"
    plan = proposal({"compose.yaml": ports})
    assert plan.contests == ()
    assert said(plan) == {"services.media": "9000-9010", "services.media9020": "9020"}


def test_compose_ports_are_named_by_the_side_inside() -> None:
    compose = (
        "services:\n  minio:\n    image: minio/minio\n    ports: ['19000:9000', '19001:9001']\n"
        "  dns:\n    image: adguard/adguardhome\n    ports: ['5300:53/udp']\n"
        "  media:\n    image: acme/media\n    ports: ['9000-9010:9000-9010']\n"
    )
    assert entries({"compose.yaml": compose}) == {
        "services.dns": "5300/udp",
        "services.media": "9000-9010",
        "services.minio": "19000",
        "services.minioUI": "19001",
    }


def test_what_is_left_out_is_told_with_its_reason() -> None:
    plan = proposal(
        {
            "compose.yaml": "services:\n  cache:\n    image: redis\n    expose: ['6379']\n",
            ".env": "SMTP_URL=smtp://mail.example.org:587\nLOG_SERVER=localhost:5140\n"
            "CORS_ORIGIN=http://localhost:9999\n",
            "tests/compose.yaml": "services:\n  x:\n    ports: ['1234:1']\n",
            "Archive/compose.yaml": "services:\n  x:\n    ports: ['1235:1']\n",
        }
    )
    assert said(plan) == {"services.log": "5140"}
    assert {(one.reason, one.text) for one in plan.skipped} == {
        ("inside a container, and not published", "cache:6379"),
        ("another machine's or container's", "mail.example.org:587"),
        ("nothing says whose it is", "9999"),
    }
    assert plan.left_out_folders == ("Archive", "tests")


def test_variables_name_services_or_the_program_of_their_folder() -> None:
    files = {
        ".env.example": "PORT=3000\nNEXT_PUBLIC_API_URL=http://localhost:3001\nREDIS_PORT=6379\n"
        "DB_PORT=5433\n",
        "apps/admin/.env.example": "PORT=3002\n",
    }
    assert entries(files) == {
        "databases.db": "5433",
        "databases.redis": "6379",
        "development.admin": "3002",
        "development.api": "3001",
        "development.app": "3000",
    }


def test_what_hosts_listen_on_is_an_entry_implied_ports_included() -> None:
    files = {
        "flake.nix": "{ outputs = { nixpkgs, ... }: { nixosConfigurations.web = "
        "nixpkgs.lib.nixosSystem { modules = [ ./web.nix ]; }; }; }",
        "web.nix": """{ config, ... }: {
  services.openssh.enable = true;
  services.tailscale.enable = true;
  services.prometheus.exporters.node = { enable = true; port = 9105; };
  services.open-webui = { enable = true; port = 8090; };
  services.nginx.virtualHosts."photos.example.org".locations."/".proxyPass =
    "http://127.0.0.1:2283";
  services.miniflux.config.DATABASE_URL = "postgres://127.0.0.1:5432/miniflux";
  networking.firewall.allowedTCPPorts = [ 80 443 3389 4711 ];
  networking.firewall.allowedUDPPorts = [
    34197 # Factorio
  ];
}
""",
    }
    plan = proposal(files)
    assert said(plan) == {
        "databases.postgresql": "5432",
        "infrastructure.http": "80",
        "infrastructure.https": "443",
        "infrastructure.ssh": "22",
        "infrastructure.tailscale": "41641/udp",
        "monitoring.node-exporter": "9105",
        "services.factorio": "34197/udp",
        "infrastructure.rdp": "3389",
        "services.open-webui": "8090",
        "services.photos": "2283",
    }
    assert [one.text for one in plan.skipped] == ["4711"]


def test_comments_that_name_entries_are_believed() -> None:
    stack = (
        "processes:\n  cache:\n    # Port from lib/ports.nix: state.sessions = 6390\n"
        "    command: redis-server --port 6390\n"
    )
    assert entries({"process-compose.yaml": stack}) == {"state.sessions": "6390"}


def test_files_that_cannot_be_read_are_told() -> None:
    plan = proposal({"compose.yaml": "services: [", "process-compose.yaml": "processes: {a: {"})
    assert {one.span.path for one in plan.unreadable} == {"compose.yaml", "process-compose.yaml"}
    assert plan.candidates == ()


@pytest.mark.parametrize(
    ("text", "style", "name"),
    [
        ("open-webui", NameStyle.CAMEL, "open-webui"),
        ("node exporter", NameStyle.CAMEL, "nodeExporter"),
        ("node exporter", NameStyle.KEBAB, "node-exporter"),
        ("git.example.org", NameStyle.SNAKE, "git_example_org"),
        ("2048-game", NameStyle.KEBAB, "game-2048"),
        ("größe", NameStyle.CAMEL, "groe"),
        ("with", NameStyle.KEBAB, "with-port"),
        ("with", NameStyle.CAMEL, "withPort"),
        ("x'y", NameStyle.CAMEL, "xy"),
        ("1234", NameStyle.CAMEL, ""),
        ("日本", NameStyle.CAMEL, ""),
        ("e", NameStyle.CAMEL, ""),
    ],
)
def test_names_are_attributes(text: str, style: NameStyle, name: str) -> None:
    assert attribute_name(text, style) == name


@given(st.text(max_size=80), st.sampled_from(NameStyle))
def test_any_text_is_an_attribute_or_nothing(text: str, style: NameStyle) -> None:
    name = attribute_name(text, style)
    assert not name or (is_bare(name) and len(name) <= 60)


_NAMES = st.sampled_from(
    ["api", "web-ui", "db", "redis", "Web.UI", "with", "2x", "日本", "a", "port"]
)
_NUMBERS = st.sampled_from([80, 3000, 3001, 5432, 6379, 8080, 9090])


@settings(max_examples=size(16, 80), deadline=None)
@given(
    st.lists(st.tuples(_NAMES, _NUMBERS), max_size=8),
    st.lists(st.tuples(_NAMES, _NUMBERS, st.sampled_from(["", "/udp", "/tcp"])), max_size=8),
    st.lists(st.tuples(_NAMES, _NUMBERS), max_size=4),
)
def test_whatever_is_named_no_two_entries_are_one_or_clash(
    processes: list[tuple[str, int]],
    published: list[tuple[str, int, str]],
    variables: list[tuple[str, int]],
) -> None:
    stack = {
        f"{name}": {"command": "x", "environment": [f"PORT={port}"]} for name, port in processes
    }
    services = {
        name: {"image": name, "ports": [f"{port}:{port}{protocol}"]}
        for name, port, protocol in published
    }
    files = {
        "process-compose.yaml": json.dumps({"processes": stack}),
        "docker-compose.yaml": "services: " + json.dumps(services),
        ".env": "".join(f"{name.upper()}_PORT={port}\n" for name, port in variables),
    }
    plan = proposal(files)
    assert plan == plan._replace(text=proposal(files).text)
    names = [normalise("".join(one.name)) for one in plan.candidates]
    assert len(set(names)) == len(names)
    taken = [
        (one.candidate.ports, protocol)
        for one in plan.candidates
        for protocol in one.candidate.protocols
    ]
    assert len(set(taken)) == len(taken)
    assert all(is_bare(part) for one in plan.candidates for part in one.name)
