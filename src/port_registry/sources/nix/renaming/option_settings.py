"""Settings of an entry that is an option."""

from collections.abc import Collection, Iterator

from port_registry.model import Name
from port_registry.sources.nix.fleet import Fleet
from port_registry.sources.nix.link.options import OptionPaths, option_paths
from port_registry.sources.nix.module_facts import OptionDefinition


def option_settings(
    fleet: Fleet, name: Name, registries: Collection[str]
) -> Iterator[OptionDefinition]:
    """Yield the settings of the entry `name` of `registries` as an option, in other files."""
    options = OptionPaths(fleet.modules, fleet.registries)
    own = {at for at, part in enumerate(fleet.registries) if part.registry.path in registries}
    for module in fleet.modules:
        for definition in () if module.path in registries else module.definitions:
            if name[-1] in definition.setting and any(
                part in own and found[: len(name)] == name
                for path in option_paths(definition.setting)
                for part, found in options.registries_at(path)
            ):
                yield definition
