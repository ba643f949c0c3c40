import pickle
from enum import Enum

import pytest

from port_registry.model import Span, Unknown
from port_registry.project.module_pickle import NotAReadingError, pack, unpack
from port_registry.project.worker import read
from port_registry.sources.nix.module_facts import Module

_TEXT = b"""\
{ config, lib, ports, ... }:
{
  imports = [ ./b.nix ];
  options.services.web.port = lib.mkOption { type = lib.types.port; default = 3000; };
  config = lib.mkIf config.services.web.enable {
    # Port from lib/ports.nix: web.api = 3000
    services.web.port = lib.mkDefault 3000;
    services.api.url = "http://localhost:${toString ports.web.api}/";
    networking.firewall.allowedTCPPorts = [ 80 443 ports.web.api ];
  };
}
"""


def test_a_reading_is_unpacked_unchanged() -> None:
    reading = read("modules/a.nix", _TEXT)
    assert isinstance(reading, Module)
    assert reading.references
    assert unpack(pack(reading)) == reading
    assert unpack(pack(None)) is None


def test_members_of_enumerations_are_packed_by_value(monkeypatch: pytest.MonkeyPatch) -> None:
    def as_python_3_11_2_does(member: Enum, _protocol: int) -> tuple[object, ...]:
        return getattr, (type(member), member.name)

    monkeypatch.setattr(Enum, "__reduce_ex__", as_python_3_11_2_does)
    reading = read("modules/a.nix", _TEXT)
    assert unpack(pack(reading)) == reading


def test_a_file_without_ports() -> None:
    assert read("a.nix", b"{ }") is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{ port = \xff; }", "the file cannot be read: byte 0xff is not UTF-8"),
        (b"{ port = 3000; ", "the file is not valid Nix: "),
        (b"{ port = @port@; }", "the file is not valid Nix: "),
    ],
)
def test_a_file_that_cannot_be_read(data: bytes, reason: str) -> None:
    reading = read("a.nix", data)
    assert isinstance(reading, Unknown)
    assert reading.reason.startswith(reason)
    assert reading.span.path == "a.nix"
    assert unpack(pack(reading)) == reading


class _Call:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("called",)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nothing",
        pickle.dumps(1),
        pickle.dumps(Span("a", 1, 2)),
        pickle.dumps(_Call()),
        b"cos\nsystem\n(S'true'\ntR.",
        b"cport_registry.sources.nix.module_facts\nNamedTuple\n(S'x'\ntR.",
        b"cport_registry.model.errors\nSourceError\n(S'x'\ntR.",
        b"cport_registry.model.entry\nformat_name\n((S'a'\nttR.",
    ],
)
def test_other_pickles_are_refused(data: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotAReadingError):
        unpack(data)
    assert capfd.readouterr() == ("", "")
