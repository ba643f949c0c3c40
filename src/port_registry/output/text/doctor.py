"""Text of `doctor`: the diagnosis of a machine."""

from port_registry.output.terminal import Colour, Screen, counted, escape_controls, wrap
from port_registry.runtime.doctor.advice import Advice, Level
from port_registry.runtime.doctor.diagnose import Diagnosis

_INDENT = 2
_COLOURS = {
    Level.PROBLEM: Colour.ERROR,
    Level.NOTE: Colour.NOTE,
    Level.UNSEEN: Colour.WARNING,
    Level.OK: Colour.GOOD,
}


def diagnosis_text(diagnosis: Diagnosis, screen: Screen) -> str:
    """Return the advice of every check, problems first, and a summary."""
    levels = list(Level)
    advice = sorted(diagnosis.advice, key=lambda item: levels.index(item[1].level))
    lines = [line for name, item in advice for line in _lines(name, item, screen)]
    return "\n".join([*lines, "", _summary(diagnosis)]) + "\n"


def _lines(name: str, advice: Advice, screen: Screen) -> list[str]:
    head = f"{advice.level.value}[{name}]"
    first, *rest = wrap(escape_controls(advice.message), screen.width, len(head) + 2, _INDENT)
    lines = [f"{screen.style(head, _COLOURS[advice.level])}: {first}", *rest]
    for index, remedy in enumerate(advice.remedy):
        label = "or" if index else "do"
        first, *rest = wrap(escape_controls(remedy), screen.width, _INDENT + 4, _INDENT + 4)
        lines += [f"{' ' * _INDENT}{screen.style(label, Colour.STRONG)}: {first}", *rest]
    return lines


def _summary(diagnosis: Diagnosis) -> str:
    levels = [advice.level for _, advice in diagnosis.advice]
    problems = levels.count(Level.PROBLEM)
    checked = "the machine only: no registry was found"
    if diagnosis.registry is not None:
        entries = counted(diagnosis.entries, "entry", "entries")
        checked = f"{entries} of {diagnosis.registry.path}"
    unseen = levels.count(Level.UNSEEN)
    unchecked = f", {unseen} could not be checked" if unseen else ""
    host = f"on {diagnosis.hostname}" if diagnosis.hostname else "here"
    total = f"Found {counted(problems, 'problem')}" if problems else "Found no problem"
    return escape_controls(f"{total} {host}{unchecked} ({checked}).")
