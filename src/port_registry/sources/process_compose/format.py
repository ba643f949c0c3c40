"""Source format of process-compose files."""

from port_registry.sources.interface import Count, ProjectFiles, SourceReading
from port_registry.sources.process_compose.discover import read_stacks
from port_registry.sources.shared.comment_ties import YamlCommentTies

NAME: str = "process-compose"


def read(files: ProjectFiles) -> SourceReading | None:
    """Return the stacks of the project's process-compose files."""
    stacks = read_stacks(files.reader, files.paths, files.stacks, files.asked, files.progress)
    if not stacks:
        return None
    return SourceReading(
        paths=frozenset(path for stack in stacks for path in stack.files),
        ties=YamlCommentTies(files.reader),
        machines=stacks,
        counts=(Count("stacks", len(stacks), "stack", "stacks"),),
    )
