"""Text of a new registry."""

import json
import subprocess
import tempfile

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.project.made import write
from tests.real import nix_instantiate
from tests.sizes import size

from port_registry.model import Port, PortRange, Protocol, single
from port_registry.project.files import Files
from port_registry.registry.edit.entry_spec import EntrySpec
from port_registry.registry.edit.new_file import new_registry
from port_registry.registry.read import read_registry

_SPECS = [
    EntrySpec(("services", "api"), single(Port(3000))),
    EntrySpec(("databases", "redis"), single(Port(6379))),
    EntrySpec(("databases", "pg-main"), single(Port(5432))),
    EntrySpec(("own", "vpn"), single(Port(51820)), (Protocol.UDP,)),
    EntrySpec(("own", "with space"), PortRange(Port(9000), Port(9010))),
    EntrySpec(("top",), single(Port(4000)), (Protocol.TCP, Protocol.UDP)),
]


def test_categories_are_ordered_and_sorted_by_number() -> None:
    assert new_registry(_SPECS, ("databases", "services")).partition("{\n")[2] == (
        "  databases = {\n    pg-main = 5432;\n    redis = 6379;\n  };\n\n"
        "  services = {\n    api = 3000;\n  };\n\n"
        "  top = 4000; # tcp/udp\n\n"
        '  own = {\n    "with space" = { from = 9000; to = 9010; };\n'
        "    vpn = 51820; # udp\n  };\n}\n"
    )


def test_nix_evaluates_it() -> None:
    with tempfile.TemporaryDirectory() as root:
        write(root, {"ports.nix": new_registry(_SPECS, ()), "empty.nix": new_registry((), ())})
        values = []
        for path in ("ports.nix", "empty.nix"):
            command = [nix_instantiate(), "--eval", "--strict", "--json", f"{root}/{path}"]
            done = subprocess.run(command, capture_output=True, check=True, timeout=60)
            values.append(json.loads(done.stdout))
    assert values[0]["databases"] == {"pg-main": 5432, "redis": 6379}
    assert values[0]["own"]["with space"] == {"from": 9000, "to": 9010}
    assert values[1] == {}


@settings(max_examples=size(20, 100), deadline=None)
@given(
    st.dictionaries(st.from_regex(r"[a-z][a-z-]{0,8}x", fullmatch=True), st.integers(1024, 65535))
)
def test_reading_it_returns_the_specified_entries(ports: dict[str, int]) -> None:
    specs = [EntrySpec(("services", name), single(Port(port))) for name, port in ports.items()]
    with tempfile.TemporaryDirectory() as root:
        write(root, {"ports.nix": new_registry(specs, ())})
        registry = read_registry(Files(root), "ports.nix", None)
    entries = {entry.service: int(entry.endpoint.ports.first) for entry in registry.entries}
    assert entries == ports
