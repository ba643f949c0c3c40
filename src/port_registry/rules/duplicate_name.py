"""Two entries have the same name, or names that become the same."""

from collections.abc import Iterator

from port_registry.facts.identifiers import normalise, variable
from port_registry.matching.project import Project
from port_registry.model import Finding, Name, Related, Severity, format_name

NAME: str = "duplicate-name"
SEVERITY: Severity = Severity.ERROR
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each name that is defined twice or becomes the same as another."""
    for duplicate in project.registry.duplicates:
        name = format_name(duplicate.name)
        yield Finding(
            rule=NAME,
            severity=SEVERITY,
            message=f"{name} is defined twice; remove or rename one of the definitions",
            span=duplicate.span,
            entries=(name,),
            related=(Related("first defined here", duplicate.first),),
        )
    yield from _colliding_names(project)


def _colliding_names(project: Project) -> Iterator[Finding]:
    """Yield a finding for each name that becomes the same as an earlier one."""
    earliest: dict[tuple[str, ...], Name] = {}
    spans = {entry.name: entry.name_span for entry in project.registry.entries}
    for name, span in spans.items():
        forms = (tuple(normalise(part) for part in name), (variable(name),))
        first = next((earliest[form] for form in forms if form in earliest), None)
        for form in forms:
            earliest.setdefault(form, name)
        if first is None:
            continue
        names = format_name(first), format_name(name)
        yield Finding(
            rule=NAME,
            severity=Severity.WARNING,
            message=f"{names[1]} and {names[0]} become one name as environment variables"
            f" ({variable(name)}); rename one of them",
            span=span,
            entries=names,
            related=(Related(f"{names[0]} is declared here", spans[first]),),
        )
