"""What has to be written where an entry is used, as it is collected."""

from port_registry.changes.uses.blocked_uses import Stuck
from port_registry.model import Edit, Note

Edits = tuple[Edit, ...]


class Changes:
    """The edits of uses, the uses that stop them, and what is left on purpose."""

    def __init__(self) -> None:
        self.edits: list[Edits] = []
        """Those of each use."""
        self.stuck: list[Stuck] = []
        self.told: list[Note] = []

    def take(self, made: Edits | Stuck) -> None:
        """Take what became of one use."""
        if isinstance(made, Stuck):
            self.stuck.append(made)
        elif made and made not in self.edits:
            self.edits.append(made)
