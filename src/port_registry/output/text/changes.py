"""Texts of `add` and `free-port`, of `convert`, and of what changes an entry with all its uses."""

from port_registry.changes.add_entry import PlannedEntry
from port_registry.changes.change_entry import EntryChange
from port_registry.changes.convert import ConvertedRegistry
from port_registry.changes.suggest_ports import UnknownCategory
from port_registry.model import format_name
from port_registry.output.locations import DisplayPaths
from port_registry.output.terminal import Colour, Screen, counted, escape_controls, first_few

_MAX_FILES = 8

_MODULES = "modules"
"""The folder of the module in the example."""


def addition_text(planned: PlannedEntry, paths: DisplayPaths, screen: Screen, verb: str) -> str:
    """Return what is added, where and why; `verb` is `Added` or `Would add`."""
    endpoint = planned.endpoint
    protocols = "+".join(protocol.value for protocol in endpoint.protocols)
    location = escape_controls(f"{paths.show(planned.rewrite.path)}:{planned.line}")
    entry = escape_controls(f"{format_name(planned.name)} = {endpoint.ports} ({protocols})")
    reason = escape_controls(planned.choice.reason)
    remarks = "".join(screen.note(escape_controls(remark)) for remark in planned.choice.remarks)
    return f"{screen.style(verb, Colour.GOOD)} {entry} to {location}: {reason}.\n{remarks}"


def usage_text(planned: PlannedEntry, screen: Screen) -> str:
    """Return how to use the entry in the most common kinds of files."""
    access, name, ports = planned.import_expression, planned.name, planned.choice.ports
    reference = format_name((*name, *planned.number_path))
    in_module = f"In a module, such as {_MODULES}/{name[-1]}.nix:"
    if access.is_module:
        option = f"{access.value('')}.{reference}"
        examples = {
            in_module: [f"port = {option};"],
            "In a command that a flake's configuration gives:": [
                '"--port ${toString ' + option + '}"'
            ],
        }
    else:
        command_line = '"--port ${toString ports.' + reference + '}"'
        examples = {
            in_module: [
                f"let ports = {access.value(_MODULES)}; in {{ … port = ports.{reference}; }}"
            ],
            "In flake.nix:": [f"let ports = {access.value('')}; in … {command_line}"],
        }
    examples["In process-compose.yaml:"] = [
        f"# Port from {access.path}: {format_name(name)} = {ports}",
        f"command: … --port {ports.first}",
    ]
    return "".join(
        f"{screen.style(escape_controls(head), Colour.STRONG)}\n"
        + "".join(f"  {escape_controls(line)}\n" for line in lines)
        for head, lines in examples.items()
    )


def change_text(changed: EntryChange, summary: str, paths: DisplayPaths, screen: Screen) -> str:
    """Return `summary`, such as `Renamed a.b to a.c`, with the files that change."""
    if not changed.rewrites:
        return f"{screen.style('Nothing to change', Colour.GOOD)}: already up to date.\n"
    files = [escape_controls(paths.show(rewrite.path)) for rewrite in changed.rewrites]
    uses = ""
    if changed.uses:
        uses = f", with {counted(changed.uses, 'place that uses', 'places that use')} it"
    done = screen.style(escape_controls(summary), Colour.GOOD)
    return f"{done}{uses}: {first_few(files, _MAX_FILES)}.\n"


def change_notes(changed: EntryChange, paths: DisplayPaths, screen: Screen) -> str:
    """Return a line for each note on a change."""
    return "".join(
        screen.note(
            f"{escape_controls(paths.show(note.path))}:{note.position.line}:"
            f"{note.position.column}: {escape_controls(note.message)}"
        )
        for note in changed.notes
    )


def conversion_text(conversion: ConvertedRegistry, output: str | None, screen: Screen) -> str:
    """Return the file that was written, and a note on computed ports; empty without both."""
    text = ""
    if output is not None:
        entries = counted(len(conversion.registry.entries), "entry", "entries")
        registry = escape_controls(conversion.registry.path)
        verb = screen.style("Wrote", Colour.GOOD)
        text = f"{verb} {entries} of {registry} to {escape_controls(output)}.\n"
    if conversion.computed:
        ports = counted(conversion.computed, "port")
        text += screen.note(f"{ports} that the registry computes became plain numbers")
    return text


def too_few_ports_note(number: int, screen: Screen) -> str:
    """Return the note on ranges that have only `number` ports left."""
    ports = counted(number, "port") if number else "no port"
    return screen.note(f"{ports} left in the range of this category")


def unknown_category_note(category: UnknownCategory, screen: Screen) -> str:
    """Return the note on a category that is neither in the registry nor in the convention."""
    name, range_searched = escape_controls(category.category), category.ranges[0]
    similar = escape_controls(category.similar or "")
    suggestion = f"; did you mean `{similar}`?" if similar else ""
    return screen.note(f"unknown category `{name}`: searched {range_searched}{suggestion}")
