"""Text of `explain`: the manuals of rules, and the list of rules."""

from collections.abc import Iterable

from port_registry.output.terminal import Colour, Screen
from port_registry.rules.interface import Rule, manual


def manual_text(rule: Rule, screen: Screen) -> str:
    """Return the manual of `rule`, as Markdown with some colour."""
    default = "on" if rule.ON_BY_DEFAULT else "off"
    lines = [
        screen.style(f"# {rule.NAME}", Colour.STRONG),
        screen.style(f"{rule.SEVERITY.value}, {default} by default", Colour.FAINT),
        "",
    ]
    is_in_fence = False
    for line in manual(rule).strip().split("\n"):
        is_fence = line.startswith("```")
        if not (is_fence or is_in_fence) and line.startswith("#"):
            lines.append(screen.style(line, Colour.STRONG))
        else:
            lines.append(screen.style(line, Colour.FAINT) if is_fence else line)
        is_in_fence ^= is_fence
    return "\n".join(lines) + "\n"


def rule_overview(rules: Iterable[Rule], screen: Screen) -> str:
    """Return a line for each of `rules`: its name, its severity and its fault."""
    rows = [(rule, rule.SEVERITY.value if rule.ON_BY_DEFAULT else "off") for rule in rules]
    width = max((len(rule.NAME) for rule, _ in rows), default=0)
    return "".join(
        f"{screen.style(f'{rule.NAME:<{width}}', Colour.STRONG)}  {severity:<7}  {rule.__doc__}\n"
        for rule, severity in rows
    )
