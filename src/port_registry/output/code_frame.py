"""A line of a file, with the stretch marked that something is said of."""

from typing import NamedTuple

from port_registry.model import Source, Span
from port_registry.output.terminal import Colour, Screen, display_width, escape_controls, wrap

_CUT = "..."


class FrameMark(NamedTuple):
    """What to draw under the stretch."""

    marker: str
    """One character, `^` or `-`."""
    colour: Colour
    label: str
    """What stands behind the signs; may be empty."""


class _Cutting(NamedTuple):
    """A line in three parts, made to fit."""

    before: str
    marked: str
    after: str


def frame_lines(
    source: Source, span: Span, mark: FrameMark, gutter: int, screen: Screen
) -> list[str]:
    """Return the lines that show where `span` begins; `gutter` columns hold the number.

    A span of several lines is marked to the end of its first.
    """
    line = source.position(span.start).line
    start, stop = _ends(source, line)
    begin = max(span.start, start)
    end = max(min(span.end, stop), begin)
    room = screen.width - gutter - len(" | ")
    # A generated line may be a million characters long, with a finding in every tenth.
    first, behind = max(start, begin - room - 1), min(stop, end + room + 1)
    cut = _cut(source.text[first:behind], begin - first, end - first, room)
    bar = screen.style("|", Colour.FRAME)
    number = screen.style(f"{line:>{gutter}}", Colour.FRAME)
    shown = f"{cut.before}{cut.marked}{cut.after}".rstrip()
    signs = screen.style(mark.marker * max(display_width(cut.marked), 1), mark.colour)
    under = " " * display_width(cut.before) + signs
    blank = " " * gutter
    lines = [f"{blank} {bar}", f"{number} {bar} {shown}".rstrip(), f"{blank} {bar} {under}"]
    if mark.label:
        label = escape_controls(mark.label)
        used = display_width(cut.before) + max(display_width(cut.marked), 1) + 1
        if used + display_width(label) <= room:
            lines[-1] += " " + screen.style(label, mark.colour)
        else:
            lines += (
                f"{blank} {bar} {screen.style(part, mark.colour)}"
                for part in wrap(label, room, 0, 0)
            )
    return lines


def _ends(source: Source, line: int) -> tuple[int, int]:
    """Return where the text of line `line` begins and ends, without mark and line end."""
    starts, text = source.line_starts(), source.text
    start = starts[line - 1]
    stop = starts[line] if line < len(starts) else len(text)
    while stop > start and text[stop - 1] in "\r\n":
        stop -= 1
    return start + text.startswith("\ufeff", start, min(stop, 1)), stop


def _cut(raw: str, begin: int, end: int, room: int) -> _Cutting:
    """Cut the line to `room` columns around `raw[begin:end]`."""
    before = escape_controls(raw[max(begin - room, 0) : begin])
    marked = escape_controls(raw[begin : min(end, begin + room)])
    after = escape_controls(raw[end : end + room])
    whole = begin <= room and end - begin <= room and len(raw) - end <= room
    if whole and display_width(before + marked + after) <= room:
        return _Cutting(before, marked, after)
    marked = _head(marked, room - 2 * len(_CUT))
    left = room - display_width(marked)
    least = max(left // 2, left - display_width(after))
    if begin > room or display_width(before) > least:
        before = _CUT + _tail(before, max(least - len(_CUT), 0))
    left -= display_width(before)
    if len(raw) - end > room or display_width(after) > left:
        after = _head(after, max(left - len(_CUT), 0)) + _CUT
    return _Cutting(before, marked, after)


def _head(text: str, columns: int) -> str:
    """Return the most of the start of `text` that fits into `columns`."""
    while display_width(text) > columns:
        text = text[: -max((display_width(text) - columns) // 2, 1)]
    return text


def _tail(text: str, columns: int) -> str:
    """Return the most of the end of `text` that fits into `columns`."""
    while display_width(text) > columns:
        text = text[max((display_width(text) - columns) // 2, 1) :]
    return text
