"""What has to be written where an entry is used, as it is collected."""

from port_registry.model import BlockedUse, Edit, Note, UseChange

Edits = tuple[Edit, ...]


class UseChanges:
    """The edits of uses, the uses that stop them, and what is left on purpose."""

    def __init__(self) -> None:
        self.edits: list[Edits] = []
        """Those of each use."""
        self.blocked: list[BlockedUse] = []
        self.notes: list[Note] = []

    def take(self, made: UseChange) -> None:
        """Take what became of one use."""
        if isinstance(made, BlockedUse):
            self.blocked.append(made)
        elif isinstance(made, Note):
            self.notes.append(made)
        elif made and made not in self.edits:
            self.edits.append(made)
