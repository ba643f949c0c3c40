from port_registry.model import Position, RegistryError
from port_registry.output.terminal import Screen, bug_text, error_text

_PLAIN = Screen(80, False)


def test_an_error_has_a_place_and_a_hint() -> None:
    error = RegistryError("no\x1bgood", path="a.nix", position=Position(2, 3), hint="do it")
    assert error_text(error, _PLAIN) == "error: a.nix:2:3: no\\x1bgood\n hint: do it\n"
    assert error_text(RegistryError("bad"), Screen(80, True)) == "\x1b[1;31merror\x1b[0m: bad\n"


def test_a_bug_is_one_line_however_long_it_is() -> None:
    shown = bug_text(ValueError("x" * 999 + "\n"), _PLAIN)
    assert len(shown.splitlines()) == 2
    assert len(shown.splitlines()[0]) < 250
