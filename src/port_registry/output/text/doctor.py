"""What is said of a machine, for people."""

from port_registry.output.plural import counted
from port_registry.output.terminal import Colour, Screen, escape_controls, wrap
from port_registry.runtime.doctor.advice import Advice, Level
from port_registry.runtime.doctor.diagnose import Diagnosis

_INDENT = 2
_COLOURS = {
    Level.PROBLEM: Colour.ERROR,
    Level.NOTE: Colour.NOTE,
    Level.UNSEEN: Colour.WARNING,
    Level.OK: Colour.GOOD,
}


def diagnosis_text(found: Diagnosis, screen: Screen) -> str:
    """Return what each check says, the problems first, with what to do about each."""
    levels = list(Level)
    said = sorted(found.advice, key=lambda one: levels.index(one[1].level))
    lines = [line for name, advice in said for line in _lines(name, advice, screen)]
    return "\n".join([*lines, "", _summary(found)]) + "\n"


def _lines(name: str, advice: Advice, screen: Screen) -> list[str]:
    head = f"{advice.level.value}[{name}]"
    first, *rest = wrap(escape_controls(advice.message), screen.width, len(head) + 2, _INDENT)
    lines = [f"{screen.style(head, _COLOURS[advice.level])}: {first}", *rest]
    for at, one in enumerate(advice.remedy):
        word = "or" if at else "do"
        start, *rest = wrap(escape_controls(one), screen.width, _INDENT + 4, _INDENT + 4)
        lines += [f"{' ' * _INDENT}{screen.style(word, Colour.STRONG)}: {start}", *rest]
    return lines


def _summary(found: Diagnosis) -> str:
    levels = [advice.level for _, advice in found.advice]
    problems = levels.count(Level.PROBLEM)
    about = "the machine alone: no registry was found"
    if found.registry is not None:
        about = f"{counted(found.entries, 'entry', 'entries')} of {found.registry.path}"
    unseen = levels.count(Level.UNSEEN)
    hidden = f", {unseen} could not be looked at" if unseen else ""
    host = f"on {found.hostname}" if found.hostname else "here"
    said = f"Found {counted(problems, 'problem')}" if problems else "Found no problem"
    return escape_controls(f"{said} {host}{hidden} ({about}).")
