"""Comments that describe entries."""

import pytest
from tests.registry.helpers import only, protocols, read

from port_registry.model import ProtocolSource
from port_registry.registry.comments import parse_comment


@pytest.mark.parametrize(
    ("comment", "stated", "internal", "description"),
    [
        ("udp: WireGuard tunnel", "udp", False, "WireGuard tunnel"),
        (" UDP :  WireGuard   tunnel ", "udp", False, "WireGuard tunnel"),
        ("tcp/udp: DNS", "tcp+udp", False, "DNS"),
        ("tcp+udp: DNS", "tcp+udp", False, "DNS"),
        ("udp, tcp: DNS", "tcp+udp", False, "DNS"),
        ("udp", "udp", False, ""),
        ("udp:", "udp", False, ""),
        ("tcp, the main entrance", "tcp", False, "the main entrance"),
        ("internal: scraped over the VPN", "", True, "scraped over the VPN"),
        ("internal, udp: scraped", "udp", True, "scraped"),
        ("internal, scraped: often", "", True, "scraped: often"),
        ("sctp: signalling", "sctp", False, "signalling"),
        ("the main entrance", "", False, "the main entrance"),
        ("udp is what it speaks", "", False, "udp is what it speaks"),
        ("tcp/ip stack", "", False, "tcp/ip stack"),
        ("internally: no", "", False, "internally: no"),
        ("http: the site", "", False, "http: the site"),
        ("udp - WireGuard", "", False, "udp - WireGuard"),
        ("", "", False, ""),
        (",", "", False, ","),
    ],
)
def test_markers(comment: str, stated: str, internal: bool, description: str) -> None:
    remark = parse_comment(comment)
    assert "+".join(protocol.value for protocol in remark.protocols) == stated
    assert remark.internal is internal
    assert remark.description == description


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("a = 80; # behind", "behind"),
        ("a = 80;# behind", "behind"),
        ("a = 80; /* behind */", "behind"),
        ("a = (80); # behind", "behind"),
        ("# above\na = 80;", "above"),
        ("# two\n# lines\na = 80;", "two lines"),
        ("/* two\n * lines */\na = 80;", "two lines"),
        ("/** above */\na = 80;", "above"),
        ("# above\na = 80; # behind", "behind"),
        ("# above\n  # port-registry: allow x -- because\na = 80;", "above"),
        ("# far\n\na = 80;", ""),
        ("b = {}; # before\na = 80;", ""),
        ("a = 80;\n# below", ""),
        ("# port-registry: allow x -- because\na = 80;", ""),
        ("a = 80; # port-registry: allow x -- because", ""),
        ("# --- Databases ---\na = 80;", ""),
        ("#### Databases\na = 80;", "Databases"),
        ("x.y = { a = 80; }; # of y", ""),
        ("# of the set\nx = { a = 80; };", ""),
        ("# dotted\nx.y.a = 80;", "dotted"),
        ("a = { port = 80; }; # behind", "behind"),
        ("a = { port = 80; # inner\n};", "inner"),
        ('a = { port = 80; description = "said"; }; # behind', "said"),
        ('a = {\n  # inner\n  port = 80;\n  host = "h";\n};', "inner"),
        ("a = 80; # behind\r\n", "behind"),
    ],
)
def test_which_entry_a_comment_describes(text: str, description: str) -> None:
    assert only(read("{\n" + text + "\n}\n")).description == description


def test_a_comment_that_heads_a_group_describes_no_entry() -> None:
    registry = read(
        """{
  # Databases
  redis = 1;
  pg = 2;

  # The API.
  api = 3;

  # udp: only this one
  vpn = 4;
  ssh = 5;
  # Web
  web = 6;
  ui = 7; # its own
}"""
    )
    descriptions = {entry.service: entry.description for entry in registry.entries}
    assert descriptions == {
        "redis": "",
        "pg": "",
        "api": "The API.",
        "vpn": "only this one",
        "ssh": "",
        "web": "Web",
        "ui": "its own",
    }
    assert [protocols(entry) for entry in registry.entries].count("udp") == 1


def test_several_entries_on_a_line() -> None:
    registry = read("{ a = 1; /* of a */ b = 2; c = 3; } # of all\n")
    assert [entry.description for entry in registry.entries] == ["of a", "", ""]
    registry = read("{ a = 1; /* udp: of a */ b = 2; c = 3; /* of c */ d = 4; # tcp/udp: of d\n}")
    assert [entry.description for entry in registry.entries] == ["of a", "", "of c", "of d"]
    assert list(map(protocols, registry.entries)) == ["udp", "tcp", "tcp", "tcp+udp"]


def test_toml_comments() -> None:
    registry = read(
        "# head\n\n# udp: above\nvpn = 41641\ndns = 53 # tcp/udp: behind\n"
        "# above the table\n[web] # udp\nport = 80\n",
        "ports.toml",
    )
    assert [(protocols(entry), entry.description) for entry in registry.entries] == [
        ("udp", "above"),
        ("tcp+udp", "behind"),
        ("udp", "above the table"),
    ]


def test_where_protocols_come_from() -> None:
    registry = read(
        """{
  tailscale = 41641;
  dns = 53;
  redis = 6379;
  x = 6379;
  y = 5; # udp
  z = { port = 6; protocol = "udp"; }; # tcp: loses
  tailscaled = 4; # tcp: moved
}"""
    )
    known = {entry.service: (protocols(entry), entry.protocol_source) for entry in registry.entries}
    assert known == {
        "tailscale": ("udp", ProtocolSource.KNOWN),
        "dns": ("tcp+udp", ProtocolSource.KNOWN),
        "redis": ("tcp", ProtocolSource.KNOWN),
        "x": ("tcp", ProtocolSource.ASSUMED),
        "y": ("udp", ProtocolSource.STATED),
        "z": ("udp", ProtocolSource.STATED),
        "tailscaled": ("tcp", ProtocolSource.STATED),
    }
