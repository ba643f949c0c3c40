"""Site of a literal: an integer or a string with its surroundings."""

from port_registry.languages.nix import tree
from port_registry.model import NamedTuple
from port_registry.sources.nix.module_facts import AttrPath, Guard


class LiteralSite(NamedTuple):
    """An integer or a string, with its attribute path, siblings and conditions."""

    node: tree.IntLiteral | tree.Str
    setting: AttrPath
    """The attribute path; for an item of a list, that of the list."""
    owner: tree.Set | None
    """The set that contains the attribute, for its siblings (`address`, `from` and `to`)."""
    declared: bool
    """Whether it is in the `default` of a declared option."""
    guards: tuple[Guard, ...]

    @property
    def label(self) -> str:
        """The attribute of which it is the value; empty where its name is computed."""
        return (self.setting[-1] or "") if self.setting else ""
