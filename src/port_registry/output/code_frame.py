"""Code frame: a line of a file, with a span underlined."""

from port_registry.model import NamedTuple, Source, Span
from port_registry.output.terminal import Colour, Screen, display_width, escape_controls, wrap

_ELLIPSIS = "..."


class FrameMark(NamedTuple):
    """The underline of a span."""

    marker: str
    """One character, `^` or `-`."""
    colour: Colour
    label: str
    """Text after the underline; may be empty."""


class _FittedLine(NamedTuple):
    """A line in three parts, shortened to fit."""

    before: str
    marked: str
    after: str


def frame_lines(
    source: Source, span: Span, mark: FrameMark, gutter: int, screen: Screen
) -> list[str]:
    """Return the lines that show where `span` begins; the line number takes `gutter` columns.

    A span of several lines is underlined to the end of its first.
    """
    line = source.position(span.start).line
    line_start, line_end = _line_bounds(source, line)
    begin = max(span.start, line_start)
    end = max(min(span.end, line_end), begin)
    room = screen.width - gutter - len(" | ")
    # A generated line may be a million characters long, with a finding in every tenth.
    cut_start, cut_end = max(line_start, begin - room - 1), min(line_end, end + room + 1)
    fitted = _fit(source.text[cut_start:cut_end], begin - cut_start, end - cut_start, room)
    bar = screen.style("|", Colour.FRAME)
    number = screen.style(f"{line:>{gutter}}", Colour.FRAME)
    code = f"{fitted.before}{fitted.marked}{fitted.after}".rstrip()
    underline = screen.style(mark.marker * max(display_width(fitted.marked), 1), mark.colour)
    indent = " " * display_width(fitted.before)
    blank = " " * gutter
    lines = [
        f"{blank} {bar}",
        f"{number} {bar} {code}".rstrip(),
        f"{blank} {bar} {indent}{underline}",
    ]
    if mark.label:
        label = escape_controls(mark.label)
        used = display_width(fitted.before) + max(display_width(fitted.marked), 1) + 1
        if used + display_width(label) <= room:
            lines[-1] += " " + screen.style(label, mark.colour)
        else:
            lines += (
                f"{blank} {bar} {screen.style(part, mark.colour)}"
                for part in wrap(label, room, 0, 0)
            )
    return lines


def _line_bounds(source: Source, line: int) -> tuple[int, int]:
    """Return the start and the end of the text of `line`, without BOM and line end."""
    starts, text = source.line_starts(), source.text
    start = starts[line - 1]
    end = starts[line] if line < len(starts) else len(text)
    while end > start and text[end - 1] in "\r\n":
        end -= 1
    return start + text.startswith("\ufeff", start, min(end, 1)), end


def _fit(line: str, begin: int, end: int, room: int) -> _FittedLine:
    """Return `line` shortened to `room` columns around `line[begin:end]`."""
    before = escape_controls(line[max(begin - room, 0) : begin])
    marked = escape_controls(line[begin : min(end, begin + room)])
    after = escape_controls(line[end : end + room])
    is_whole = begin <= room and end - begin <= room and len(line) - end <= room
    if is_whole and display_width(before + marked + after) <= room:
        return _FittedLine(before, marked, after)
    marked = _fitting_start(marked, room - 2 * len(_ELLIPSIS))
    left = room - display_width(marked)
    room_before = max(left // 2, left - display_width(after))
    if begin > room or display_width(before) > room_before:
        before = (
            _ELLIPSIS + _fitting_start(before[::-1], max(room_before - len(_ELLIPSIS), 0))[::-1]
        )
    left -= display_width(before)
    if len(line) - end > room or display_width(after) > left:
        after = _fitting_start(after, max(left - len(_ELLIPSIS), 0)) + _ELLIPSIS
    return _FittedLine(before, marked, after)


def _fitting_start(text: str, columns: int) -> str:
    """Return as much of the start of `text` as fits into `columns`."""
    while display_width(text) > columns:
        text = text[: -max((display_width(text) - columns) // 2, 1)]
    return text
