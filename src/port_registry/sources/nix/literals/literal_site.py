"""What a number or a string is read with: the place that it stands at."""

from typing import NamedTuple

from port_registry.languages.nix import tree
from port_registry.sources.nix.module_facts import AttrPath, Guard


class LiteralSite(NamedTuple):
    """An integer or a string, and what stands around it."""

    node: tree.IntLiteral | tree.Str
    setting: AttrPath
    """An item of a list has the setting of the list."""
    owner: tree.Set | None
    """The set that holds the attribute, for its siblings (`address`, `from` and `to`)."""
    declared: bool
    """Whether it is (in) the `default` of a declared option."""
    guards: tuple[Guard, ...]

    @property
    def label(self) -> str:
        """The attribute that it is given to; empty where its name is computed."""
        return (self.setting[-1] or "") if self.setting else ""
