"""The library's public surface, spelled out: whoever changes it changes this file too."""

import inspect
import re
import subprocess
import sys
from enum import Enum

import pytest

import port_registry

_SURFACE = """\
ConfigError(PortRegistryError)
DuplicateDefinition(NamedTuple)
  name: tuple[str, ...]
  span: Span
  first: Span
Edit(NamedTuple)
  span: Span
  text: str
Endpoint(NamedTuple)
  ports: PortRange
  protocols: tuple[Protocol, ...]
  host: str | None = None
  address: str | None = None
Entry(Record)
  name: tuple[str, ...]
  endpoint: Endpoint
  protocol_source: ProtocolSource
  description: str
  internal: bool
  name_span: Span
  value_span: Span
  digits: tuple[Span, ...]
  property address -> str | None
  property category -> str
  property host -> str | None
  property port -> Port
  property ports -> PortRange
  property protocols -> tuple[Protocol, ...]
  property service -> str
Finding(Record)
  rule: str
  severity: Severity
  message: str
  span: Span
  position: Position = Position(line=1, column=1)
  entries: tuple[str, ...] = ()
  related: tuple[Related, ...] = ()
  fix: Fix | None = None
Fix(NamedTuple)
  message: str
  safety: Safety
  edits: tuple[Edit, ...]
Flaw: ZERO, OUT_OF_BOUNDS, NOT_A_PORT, REVERSED
InvalidLeaf(NamedTuple)
  name: tuple[str, ...]
  flaw: Flaw
  text: str
  span: Span
Note(NamedTuple)
  message: str
  span: Span
PortRange(NamedTuple)
  first: Port
  last: Port
  contains(self, other: PortRange) -> bool
  holds(self, port: int) -> bool
  is_single(self) -> bool
  meets(self, other: PortRange) -> bool
PortRangeError(PortRegistryError, ValueError)
PortRegistryError(Exception)
  message: str
  path: str | None = None
  position: Position | None = None
  hint: str | None = None
Position(NamedTuple)
  line: int
  column: int
Protocol: TCP, UDP, SCTP, DCCP
ProtocolSource: STATED, KNOWN, ASSUMED
Registry(Record)
  path: str
  entries: tuple[Entry, ...]
  invalid_leaves: tuple[InvalidLeaf, ...] = ()
  duplicates: tuple[DuplicateDefinition, ...] = ()
  unknown: tuple[Unknown, ...] = ()
  notes: tuple[Note, ...] = ()
  prefix: tuple[str, ...] = ()
  considered: tuple[str, ...] = ()
  __contains__(self, item: str | tuple[str, ...] | Entry) -> bool
  __getitem__(self, name: str | tuple[str, ...]) -> Entry
  __iter__(self) -> Iterator[Entry]
  __len__(self) -> int
  by_port(self, port: int) -> tuple[Entry, ...]
RegistryError(PortRegistryError)
Related(NamedTuple)
  message: str
  span: Span
Safety: SAFE, UNSAFE
Severity: ERROR, WARNING, NOTE
SourceError(PortRegistryError)
Span(NamedTuple)
  path: str
  start: int
  end: int
Unknown(NamedTuple)
  name: tuple[str, ...]
  reason: str
  span: Span
UnknownEntryError(PortRegistryError, KeyError)
UsageError(PortRegistryError)
WriteError(PortRegistryError)
__version__
check(path: str | PathLike[str] | None = None) -> tuple[Finding, ...]
load(path: str | PathLike[str] | None = None) -> Registry"""

_OPERATORS = ("__getitem__", "__contains__", "__iter__", "__len__")


def _plain(text: str) -> str:
    """Return `text` without the modules of the classes that it names."""
    return re.sub(r"\b(?:\w+\.)+(?=\w)", "", text).replace("'", "")


def _signature(value: object) -> str:
    assert callable(value)
    return _plain(str(inspect.signature(value)))


def _fields(kind: type[object]) -> list[str]:
    """Return what makes a value of `kind`; nothing where that is as for its base class."""
    if vars(kind).keys().isdisjoint(("__init__", "__new__", "__slots__")):
        return []
    return [_plain(f"  {one}") for one in inspect.signature(kind).parameters.values()]


def _members(kind: type[object]) -> list[str]:
    """Return what `kind` itself can do, besides its fields."""
    lines: list[str] = []
    for name in sorted(vars(kind)):
        value: object = inspect.getattr_static(kind, name)
        if isinstance(value, property):
            lines.append(f"  property {name}{_signature(value.fget)}".replace("(self)", ""))
        elif inspect.isfunction(value) and (name in _OPERATORS or not name.startswith("_")):
            lines.append(f"  {name}{_signature(value)}")
    return lines


def _described(name: str) -> list[str]:
    value: object = getattr(port_registry, name)
    if isinstance(value, str):
        return [name]
    if not isinstance(value, type):
        return [f"{name}{_signature(value)}"]
    if issubclass(value, Enum):
        return [f"{name}: {', '.join(value.__members__)}"]
    bases = ", ".join(base.__name__ for base in value.__bases__)
    return [f"{name}({bases})", *_fields(value), *_members(value)]


def test_the_surface() -> None:
    lines = [line for name in sorted(port_registry.__all__) for line in _described(name)]
    assert "\n".join(lines) == _SURFACE


def test_every_record_can_be_changed_in_a_copy() -> None:
    for kind in (port_registry.Entry, port_registry.Finding, port_registry.Registry):
        assert _signature(kind.replace) == "(self, **changes: object) -> Self"


def test_public_names_are_listed_and_others_are_not_there() -> None:
    assert set(port_registry.__all__) <= set(dir(port_registry))
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        _ = getattr(port_registry, "nope")  # noqa: B009  # a type checker refuses the other form


def test_nothing_is_imported_before_it_is_used() -> None:
    code = (
        "import sys; before = set(sys.modules); import port_registry; "
        "print(*set(sys.modules) - before); port_registry.Entry; "
        "print('port_registry.model' in sys.modules, 'port_registry.checks' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "port_registry\nTrue False\n"
