import sys
from pathlib import Path

from port_registry.system.machine.machine import Capability, has_capability, this_machine
from tests.system.machine.laid_out import HEALTHY, USER, machine


def test_a_file_that_is_missing_is_none(tmp_path: Path) -> None:
    assert machine(tmp_path).text("etc/passwd") is None


def test_a_program_that_is_missing_is_none() -> None:
    assert this_machine().run(("no-such-program-anywhere",)) is None


def test_what_a_program_says_comes_with_its_status() -> None:
    ran = this_machine().run((sys.executable, "-c", "print('said'); raise SystemExit(4)"))
    assert ran is not None
    assert (ran.status, ran.stdout.split()) == (4, ["said"])


def test_a_right_is_a_bit_of_the_effective_capabilities(tmp_path: Path) -> None:
    bind_alone = {"proc/self/status": f"CapEff:\t{1 << 10:016x}\n"}
    some = machine(tmp_path / "some", {**HEALTHY, **bind_alone})
    assert has_capability(some, Capability.BIND_ANY_PORT)
    assert not has_capability(some, Capability.SEE_FIREWALL)
    assert not has_capability(
        machine(tmp_path / "user", {**HEALTHY, **USER}), Capability.BIND_ANY_PORT
    )
