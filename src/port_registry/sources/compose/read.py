"""A Compose project read: what its services publish, and what they take of the machine."""

from collections.abc import Iterator

from port_registry import model
from port_registry.languages import yaml
from port_registry.languages.provenance import UnknownTracker
from port_registry.sources.compose import load
from port_registry.sources.compose.service import ServiceReader, ServiceTrackers, told_of
from port_registry.sources.shared import variables
from port_registry.sources.shared.comment_annotations import annotations_over

_CONDITIONS = {
    "service_completed_successfully": model.StartCondition.COMPLETED_SUCCESSFULLY,
    "service_healthy": model.StartCondition.STARTED,
    "service_started": model.StartCondition.STARTED,
}
"""An image may bring the check of its health with it, so waiting for that says no more than
waiting for the start."""


def read_compose(reader: model.Reader, paths: tuple[str, ...]) -> model.Machine:
    """Return what `docker compose -f PATH -f PATH …` would run; never raises for what is in it."""
    doubts = UnknownTracker()
    unreadable: list[model.UnreadablePart] = []
    loader = load.ComposeLoader(reader, doubts, unreadable)
    loaded = loader.load(paths)
    project = _Project(loader, loaded, doubts)
    services = tuple(project.service(name) for name in loaded.services)
    uses = [use for service in services for use in service.uses]
    own = {use.shown for use in uses}
    files = loaded.files or paths
    elsewhere = (use for named in project.named.values() for use in named.elsewhere)
    return model.Machine(
        files=files,
        services=services,
        annotations=(*loaded.annotations, *annotations_over(reader, uses, files)),
        unknown=tuple(doubts.unknown),
        unreadable=tuple(dict.fromkeys(unreadable)),
        kind=model.MachineKind.CONTAINERS,
        elsewhere=tuple(dict.fromkeys(use for use in elsewhere if use.shown not in own)),
    )


class _Project:
    """The services of one project."""

    def __init__(
        self, loader: load.ComposeLoader, loaded: load.ComposeLayers, doubts: UnknownTracker
    ) -> None:
        others = variables.simplify_names(frozenset(loaded.services))
        self._loader = loader
        self._loaded = loaded
        reader = ServiceReader(loader, others, ServiceTrackers(doubts, loader.granted()))
        self.named = {name: reader.read(name, layers) for name, layers in loaded.services.items()}
        self._published = {
            use.number
            for named in self.named.values()
            for use in named.uses
            if use.role is model.Role.PUBLISHES
        }
        trackers = ServiceTrackers(loader.granted(), loader.granted())
        self._defaults = ServiceReader(loader, others, trackers)

    def service(self, name: str) -> model.Service:
        """Return one service."""
        layers = self._loaded.services[name]
        named = self.named[name]
        uses = (*named.uses, *told_of(named, self._published))
        profiles = {load.plain_text(node) for node, _ in load.items(layers, "profiles")}
        return model.Service(
            name=name,
            span=layers[-1].key.span,
            replicas=_scale(layers),
            program=named.program,
            dependencies=tuple({one.service: one for one in self._dependencies(layers)}.values()),
            uses=(*uses, *self._overridden(name, uses)),
            varying=named.varying,
            profiles=frozenset(profiles - {""}),
        )

    def _overridden(self, name: str, uses: tuple[model.Use, ...]) -> Iterator[model.Use]:
        """Yield the defaults of variables that are set to the numbers of `uses`."""
        layers = self._loaded.services[name]
        if not any(layer.variables for layer in layers):
            return
        plain = tuple(layer._replace(variables={}) for layer in layers)
        defaults = self._defaults.read(name, plain)
        taken = {use.shown for use in (*uses, *self.named[name].elsewhere)}
        for use in (*defaults.uses, *told_of(defaults, self._published)):
            if use.digits is None or use.digits in taken:
                continue
            place = next((one.shown for one in uses if _is_same(one, use)), None)
            if place is not None:
                yield use._replace(role=model.Role.REPEATS, overridden_by=place)

    def _dependencies(self, layers: tuple[load.Layer, ...]) -> Iterator[model.Dependency]:
        """Yield what each layer says of the services that are waited for; the last word counts."""
        started = model.StartCondition.STARTED
        for entry, _ in load.entries(layers, "depends_on"):
            value = yaml.resolve_alias(entry.value)
            if isinstance(value, yaml.Sequence):
                for item in value.items:
                    yield model.Dependency(
                        load.plain_text(item), model.StartCondition.STARTED, item.span
                    )
            for name, pair in self._loader.fields(value).items():
                condition = self._loader.fields(pair.value).get("condition")
                said = "" if condition is None else load.plain_text(condition.value)
                yield model.Dependency(name, _CONDITIONS.get(said, started), pair.key.span)


def _is_same(one: model.Use, default: model.Use) -> bool:
    """Return whether a variable gives `one` in the place of its `default`."""
    return (
        one.shown.path != default.shown.path
        and (one.role, one.place, one.label) == (default.role, default.place, default.label)
        and one.target == default.target
    )


def _scale(layers: tuple[load.Layer, ...]) -> int:
    """Return how many containers of a service run next to one another."""
    found = load.entries(layers, "scale")
    number = model.parse_port(load.plain_text(found[-1][0].value)) if found else None
    return 1 if number is None else number
