"""Reader of the stacks in a project's Nix files."""

import posixpath
from collections.abc import Iterable, Iterator

from port_registry import model
from port_registry.facts.implied import System, implied_ports
from port_registry.languages.nix.evaluate import Evaluator
from port_registry.languages.nix.values import NOWHERE, Bool, Int, Null, String, Value
from port_registry.languages.provenance import UNKNOWN, UnknownTracker
from port_registry.languages.yaml import KeyValue, Mapping
from port_registry.model import ManagerServer, Name
from port_registry.sources.nix_stacks import devenv, discovery, flake_arguments
from port_registry.sources.nix_stacks.modules import OptionValue, StackModules
from port_registry.sources.nix_stacks.services import (
    ServiceProcesses,
    attribute_names,
    devenv_services,
    flake_services,
    option_of_service,
)
from port_registry.sources.nix_stacks.yaml_tree import NodeBuilder, key_value, mapping, plain_scalar
from port_registry.sources.process_compose.decode import ConfigText, decode
from port_registry.sources.process_compose.load import LoadedStack, StackLoader
from port_registry.sources.process_compose.stack import StackAssembler

_DEFAULT_PORT = 8080

_SWITCHES: tuple[Name, ...] = (
    ("cli", "options", "no-server"),
    ("cli", "options", "use-uds"),
    ("cli", "options", "unix-socket"),
    ("cli", "environment", "PC_NO_SERVER"),
    ("cli", "environment", "PC_SOCKET_PATH"),
    ("httpServer", "uds"),
)
"""The options that take the server off TCP, where they are set to anything but false."""

_PORTS: tuple[Name, ...] = (
    ("cli", "options", "port"),
    ("cli", "environment", "PC_PORT_NUM"),
    ("httpServer", "port"),
    ("settings", "port"),
    ("port",),
)
"""The options for its port, today's and those of earlier versions."""


_ROOTS = ("flake.nix", "devenv.nix")
"""Files of the folder in which the stacks below it are run."""
_SETTINGS = ("environment", "vars", "env_cmds")
"""The settings above all processes that ports may depend on."""
_MAX_NESTED = 20
"""The maximum nesting of lookups of options."""


def stacks_in_nix(
    reader: model.Reader, paths: Iterable[str], registry: model.Registry
) -> Iterator[model.Machine]:
    """Yield the stacks that the Nix files at `paths` (see `names_stacks`) define.

    Never raises for the contents of files: what cannot be evaluated without Nix is in the
    stack's `unknown` if a port depends on it. A reference to an entry of `registry` is a use
    that names the entry.
    """
    folders: dict[str, list[model.Source]] = {}
    for path in sorted(paths):
        try:
            source = reader.read(path)
        except model.SourceError:
            continue
        folders.setdefault(_folder(reader, path), []).append(source)
    for folder, sources in folders.items():
        yield from _FlakeReader(reader, registry, folder).stacks(sources)


def _folder(reader: model.Reader, path: str) -> str:
    """Return the folder in which a stack in the file at `path` is assumed to be started."""
    folder = posixpath.dirname(path)
    while folder:
        if any(reader.exists(posixpath.join(folder, name)) for name in _ROOTS):
            return folder
        folder = posixpath.dirname(folder)
    return folder


class _StackInputs(model.NamedTuple):
    """The modules of one stack, with the objects that read them."""

    modules: StackModules
    nodes: NodeBuilder
    unknowns: UnknownTracker
    root: tuple[OptionValue, ...]
    """The values of its modules."""


class _FlakeReader:
    """Reads the stacks of one flake."""

    def __init__(self, reader: model.Reader, registry: model.Registry, folder: str) -> None:
        self._reader = reader
        self._folder = folder
        self._flake = flake_arguments.FlakeValues(registry)
        self._evaluator = Evaluator(reader, self._flake)

    def stacks(self, sources: Iterable[model.Source]) -> Iterator[model.Machine]:
        """Yield the stacks that `sources`, the flake's files, define."""
        stacks: list[tuple[discovery.StackDefinition, model.Machine]] = []
        for definition in discovery.stack_definitions(self._evaluator, self._flake, sources):
            stack = self._read_stack(definition)
            if stack.services:
                stacks.append((definition, stack))
        imported = {
            path for definition, stack in stacks for path in stack.files[len(definition.files) :]
        }
        for definition, stack in stacks:
            is_devenv = definition.kind is discovery.StackOrigin.DEVENV
            if not is_devenv or not imported.issuperset(definition.files):
                yield stack

    def _read_stack(self, definition: discovery.StackDefinition) -> model.Machine:
        inputs = self._inputs(definition)
        is_devenv = definition.kind is discovery.StackOrigin.DEVENV
        pairs = self._devenv_settings(inputs) if is_devenv else self._settings(inputs)
        unreadable: list[model.UnreadablePart] = []
        span = definition.modules[0].name_span if definition.modules else NOWHERE
        text = ConfigText(definition.files[0], "", None, is_editable=False)
        project = decode(text, mapping(pairs, span), [])
        loader = StackLoader(self._reader, inputs.unknowns, [])
        variables = loader.variables(posixpath.join(self._folder, ".env"))
        loaded = LoadedStack(self._folder, (project,), (), variables)
        stack = StackAssembler(self._reader, loader, inputs.unknowns, unreadable).assemble(loaded)
        uncertain = self._uncertain_processes(inputs)
        return stack._replace(
            files=tuple(inputs.modules.files),
            services=tuple(self._processes(inputs, stack, definition.kind, uncertain)),
            manager=None if is_devenv else self._manager_server(inputs, stack),
            unknown=tuple(inputs.unknowns.unknown),
        )

    def _inputs(self, definition: discovery.StackDefinition) -> _StackInputs:
        modules = StackModules(self._evaluator, self._flake, definition.key, definition.files)
        root = tuple(modules.root_values(definition.modules))
        self._flake.stack_options[definition.key] = _StackOptions(modules, root)
        unknowns = UnknownTracker()
        for path in modules.files:
            unknowns.add_budget(len(self._reader.read(path).text))
        nodes = NodeBuilder(modules, self._flake, unknowns)
        return _StackInputs(modules=modules, nodes=nodes, unknowns=unknowns, root=root)

    def _settings(self, inputs: _StackInputs) -> list[KeyValue]:
        """Return the settings of process-compose-flake."""
        modules, nodes = inputs.modules, inputs.nodes
        settings = modules.values_at(inputs.root, ("settings",)) or list(inputs.root)
        pairs: list[KeyValue] = []
        for key in _SETTINGS:
            definitions = modules.definitions_of(settings, key)
            if definitions:
                pairs.append(nodes.pair(key, definitions))
        values = modules.values_at(settings, ("processes",))
        defaults = modules.values_at(inputs.root, ("defaults",))
        shared = modules.definitions_of(defaults, "processSettings")
        processes: list[KeyValue] = []
        for name in attribute_names(values):
            definitions = modules.definitions_of(values, name)
            span = definitions[0].name_span
            node = nodes.node((*definitions, *shared), span)
            if name == "test" and not modules.values_at(values, (name, "disabled")):
                # process-compose-flake runs it as a check of the flake alone.
                disabled = key_value("disabled", plain_scalar("true", span), span)
                own = node.pairs if isinstance(node, Mapping) else ()
                node = mapping([*own, disabled], span)
            processes.append(key_value(name, node, span))
        return [*pairs, key_value("processes", mapping(processes, NOWHERE), NOWHERE)]

    def _devenv_settings(self, inputs: _StackInputs) -> list[KeyValue]:
        """Return the settings of devenv, as process-compose's configuration has them."""
        processes = devenv.devenv_processes(inputs.modules, inputs.nodes, inputs.root)
        pairs = [key_value("processes", mapping(processes, NOWHERE), NOWHERE)]
        environment = inputs.modules.definitions_of(inputs.root, "env")
        return [*pairs, inputs.nodes.pair("environment", environment)] if environment else pairs

    def _uncertain_processes(self, inputs: _StackInputs) -> frozenset[str]:
        """Return the processes that are below a condition that cannot be known."""
        settings = inputs.modules.values_at(inputs.root, ("settings",)) or list(inputs.root)
        values = inputs.modules.values_at(settings, ("processes",))
        return frozenset(
            name.replace(UNKNOWN, "…")
            for name in attribute_names(values)
            if not any(option.certain for option in inputs.modules.values_at(values, (name,)))
        )

    def _processes(
        self,
        inputs: _StackInputs,
        stack: model.Machine,
        kind: discovery.StackOrigin,
        uncertain: frozenset[str],
    ) -> Iterator[model.Service]:
        """Yield the processes of `stack`, and those of services."""
        if kind is discovery.StackOrigin.DEVENV:
            instances = devenv_services(inputs.modules, inputs.root)
            system = System.DEVENV
        else:
            instances = flake_services(inputs.modules, inputs.root)
            system = System.SERVICES_FLAKE
        services = ServiceProcesses(inputs.modules, inputs.nodes, inputs.unknowns, system)
        by_name = {instance.name: services.process(instance) for instance in instances}
        for process in stack.services:
            service = by_name.pop(process.name, None)
            is_disabled = process.disabled or process.name in uncertain
            written = process._replace(disabled=is_disabled)
            yield written if service is None else _with_service(written, service)
        yield from by_name.values()

    def _manager_server(
        self, inputs: _StackInputs, stack: model.Machine
    ) -> model.ManagerServer | None:
        """Return process-compose's own server: the options' port, or else that of `stack`."""
        server = manager_server(inputs.modules, inputs.root)
        return stack.manager if server is not None and server.span is None else server


def _with_service(process: model.Service, service: model.Service) -> model.Service:
    """Return the process of a service with the additions of its stack."""
    return process._replace(
        disabled=process.disabled or service.disabled,
        program=process.program or service.program,
        readiness=process.readiness or service.readiness,
        uses=(*service.uses, *process.uses),
        varying=process.varying or service.varying,
    )


class _StackOptions:
    """Looks up options of a stack, for the modules that read them in `config`."""

    def __init__(self, modules: StackModules, root: tuple[OptionValue, ...]) -> None:
        self._modules = modules
        self._root = root
        self._nested = 0

    def __call__(self, path: model.Name) -> Value | None:
        """Return the number, text or boolean at `path`; None where it is not known."""
        if self._nested >= _MAX_NESTED:
            return None
        self._nested += 1
        try:
            values = self._modules.values_at(self._root, path)
        finally:
            self._nested -= 1
        if not values:
            return _default(path)
        value = values[0].value
        return value if isinstance(value, (Int, String, Bool)) else None


def _default(path: model.Name) -> Value | None:
    """Return the default of services-flake for an option that is not set."""
    if path[:1] != ("services",) or len(path) < 4:
        return None
    for row in implied_ports(System.SERVICES_FLAKE, ("services", path[1])):
        if option_of_service(row.option) == path[3:]:
            return Int(row.port, NOWHERE, ())
        if option_of_service(row.address_option) == path[3:] and row.address:
            return String(
                model.join_segments((model.Segment(row.address, NOWHERE, verbatim=False),)), NOWHERE
            )
    return None


def manager_server(modules: StackModules, root: Iterable[OptionValue]) -> ManagerServer | None:
    """Return the server of a stack; None where it has none, or may have none.

    services-flake switches it off by default; another module from outside the project may
    do so as well.
    """
    values = list(root)
    if any(not _is_off(modules.values_at(values, switch)) for switch in _SWITCHES):
        return None
    if modules.external_modules and not modules.values_at(values, _SWITCHES[0]):
        return None
    enable = modules.values_at(values, ("httpServer", "enable"))
    if enable and _is_off(enable):
        return None
    for option in _PORTS:
        ports = modules.values_at(values, option)
        if ports and not isinstance(ports[0].value, Null):
            value = ports[0].value
            return ManagerServer(value.value, ports[0].span) if isinstance(value, Int) else None
    return ManagerServer(_DEFAULT_PORT, None)


def _is_off(values: list[OptionValue]) -> bool:
    """Return whether a switch is surely off: not set at all, null, or false."""
    value: Value | None = values[0].value if values else None
    return value is None or isinstance(value, Null) or (isinstance(value, Bool) and not value.value)
