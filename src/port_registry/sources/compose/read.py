"""A Compose project read: what its services publish, and what they take of the machine."""

from collections.abc import Iterator

from port_registry.languages import yaml
from port_registry.languages.provenance import UnknownTracker
from port_registry.model import (
    Dependency,
    Machine,
    MachineKind,
    Reader,
    Role,
    Service,
    StartCondition,
    UnreadablePart,
    Use,
    parse_port,
)
from port_registry.sources.compose.load import ComposeLayers, ComposeLoader, Layer, entries, items
from port_registry.sources.compose.service import NamedPorts, ServiceReader, ServiceTrackers
from port_registry.sources.shared import variables
from port_registry.sources.shared.env_annotations import annotations_over

_CONDITIONS = {
    "service_completed_successfully": StartCondition.COMPLETED_SUCCESSFULLY,
    "service_healthy": StartCondition.STARTED,
    "service_started": StartCondition.STARTED,
}
"""An image may bring the check of its health with it, so waiting for that says no more than
waiting for the start."""


def read_compose(reader: Reader, paths: tuple[str, ...]) -> Machine:
    """Return what `docker compose -f PATH -f PATH …` would run; never raises for what is in it."""
    doubts = UnknownTracker()
    unreadable: list[UnreadablePart] = []
    loader = ComposeLoader(reader, doubts, unreadable)
    loaded = loader.load(paths)
    project = _Project(loader, loaded, doubts)
    services = tuple(project.service(name) for name in loaded.services)
    uses = [use for service in services for use in service.uses]
    own = {use.shown for use in uses}
    files = loaded.files or paths
    return Machine(
        files=files,
        services=services,
        shared=(),
        annotations=(*loaded.annotations, *annotations_over(reader, uses, files)),
        manager=None,
        unknown=tuple(doubts.unknown),
        unreadable=tuple(dict.fromkeys(unreadable)),
        kind=MachineKind.CONTAINERS,
        elsewhere=tuple(use for use in project.elsewhere if use.shown not in own),
    )


class _Project:
    """The services of one project."""

    def __init__(
        self, loader: ComposeLoader, loaded: ComposeLayers, doubts: UnknownTracker
    ) -> None:
        others = variables.simplified(frozenset(loaded.services))
        trackers = ServiceTrackers(doubts, loader.granted())
        self._loader = loader
        self._loaded = loaded
        self._reader = ServiceReader(loader, others, trackers)
        trackers = ServiceTrackers(loader.granted(), loader.granted())
        self._defaults = ServiceReader(loader, others, trackers)
        self.elsewhere: list[Use] = []

    def service(self, name: str) -> Service:
        """Return one service."""
        layers = self._loaded.services[name]
        named = self._reader.read(name, layers)
        self.elsewhere += named.elsewhere
        plain = tuple(layer._replace(variables={}) for layer in layers)
        defaults: tuple[Use, ...] = ()
        if any(layer.variables for layer in layers):
            defaults = tuple(_overridden(named, self._defaults.read(name, plain)))
        profiles = {_value(node) for node, _ in items(layers, "profiles")}
        return Service(
            name=name,
            span=layers[-1].key.span,
            disabled=False,
            replicas=_scale(layers),
            program=named.program,
            readiness=None,
            liveness=None,
            dependencies=tuple(self._dependencies(layers)),
            uses=(*named.uses, *defaults),
            varying=named.varying,
            insertion=None,
            profiles=frozenset(profiles - {""}),
        )

    def _dependencies(self, layers: tuple[Layer, ...]) -> Iterator[Dependency]:
        for entry, _ in entries(layers, "depends_on"):
            value = yaml.resolve_alias(entry.value)
            if isinstance(value, yaml.Sequence):
                for item in value.items:
                    yield Dependency(_value(item), StartCondition.STARTED, item.span)
            for name, pair in self._loader.fields(value).items():
                condition = self._loader.fields(pair.value).get("condition")
                said = "" if condition is None else _value(condition.value)
                started = StartCondition.STARTED
                yield Dependency(name, _CONDITIONS.get(said, started), pair.key.span)


def _overridden(named: NamedPorts, defaults: NamedPorts) -> Iterator[Use]:
    """Yield the defaults of variables that are set, with the places that are taken instead.

    `defaults` is what the service says where no variable is set.
    """
    taken = {use.shown for use in (*named.uses, *named.elsewhere)}
    for use in defaults.uses:
        if use.digits is None or use.digits in taken:
            continue
        place = next((one.shown for one in named.uses if _is_same(one, use)), None)
        if place is not None:
            yield use._replace(role=Role.REPEATS, overridden_by=place)


def _is_same(one: Use, default: Use) -> bool:
    """Return whether a variable gives `one` in the place of its `default`."""
    return (
        one.shown.path != default.shown.path
        and (one.role, one.place, one.label) == (default.role, default.place, default.label)
        and one.target == default.target
    )


def _scale(layers: tuple[Layer, ...]) -> int:
    """Return how many containers of a service run next to one another."""
    found = entries(layers, "scale")
    number = parse_port(_value(found[-1][0].value)) if found else None
    return 1 if number is None else number


def _value(node: yaml.Node) -> str:
    value = yaml.resolve_alias(node)
    return value.value if isinstance(value, yaml.Scalar) else ""
