import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from port_registry.model import Source, Span
from port_registry.output.code_frame import FrameMark, frame_lines
from port_registry.output.terminal import (
    Colour,
    ColourChoice,
    Screen,
    display_width,
    escape_controls,
    screen_of,
    wrap,
)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "choice", "terminal", "coloured"),
    [
        ({}, ColourChoice.AUTO, True, True),
        ({}, ColourChoice.AUTO, False, False),
        ({"NO_COLOR": "1"}, ColourChoice.AUTO, True, False),
        ({"NO_COLOR": ""}, ColourChoice.AUTO, True, True),
        ({"FORCE_COLOR": "1"}, ColourChoice.AUTO, False, True),
        ({"TERM": "dumb"}, ColourChoice.AUTO, True, False),
        ({"NO_COLOR": "1"}, ColourChoice.ALWAYS, False, True),
        ({}, ColourChoice.NEVER, True, False),
    ],
)
def test_when_there_is_colour(
    environment: dict[str, str],
    choice: ColourChoice,
    terminal: bool,
    coloured: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stream = _Terminal() if terminal else io.StringIO()
    assert screen_of(stream, choice).coloured is coloured


@pytest.mark.parametrize(
    ("columns", "width"),
    [("70", 70), ("3", 40), ("0", 160), ("x", 160), ("", 160), ("٣", 160), ("9" * 5000, 999999)],
)
def test_the_width(columns: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert screen_of(io.StringIO(), ColourChoice.NEVER).width == width
    assert screen_of(None, ColourChoice.NEVER).width == width


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "\\x1b[2J"),
        ("a\tb", "a    b"),
        ("\x9b31m\x7f", "\\x9b31m\\x7f"),
        ("a\u202eb\u2066", "a\\u202eb\\u2066"),
        ("\u2028\r", "\\u2028\\x0d"),
        ("\udc80", "\\udc80"),
        ("\U000e0001", "\\U000e0001"),
        ("日本 é 🎉", "日本 é 🎉"),
    ],
)
def test_what_could_drive_a_terminal_is_shown(text: str, shown: str) -> None:
    assert escape_controls(text) == shown


@given(st.text())
def test_harmless_text_prints_and_stays(text: str) -> None:
    shown = escape_controls(text)
    assert all(char.isprintable() or char == "\u3000" for char in shown)
    assert escape_controls(shown) == shown


def test_the_columns_of_a_text() -> None:
    assert [display_width(text) for text in ("abc", "日本", "e\u0301", "🎉")] == [3, 4, 1, 2]


@given(st.lists(st.text("ab日", min_size=1, max_size=30), min_size=1), st.integers(0, 20))
def test_wrapped_lines_fit(words: list[str], first: int) -> None:
    lines = wrap(" ".join(words), 40, first, 2)
    assert " ".join(" ".join(lines).split()) == " ".join(words)
    for index, line in enumerate(lines):
        fits = display_width(line) + (0 if index else first) <= 40
        assert fits or len(line.split()) == 1


def _draw(text: str, start: int, end: int, width: int = 40, label: str = "") -> list[str]:
    mark = FrameMark("^", Colour.ERROR, label)
    return frame_lines(Source("a", text), Span("a", start, end), mark, 2, Screen(width, False))


@pytest.mark.parametrize(
    ("text", "start", "end", "frame"),
    [
        ("a: 1\nport: 80\n", 11, 13, ["   |", " 2 | port: 80", "   |       ^^"]),
        ("\ufeffport: 80", 7, 9, ["   |", " 1 | port: 80", "   |       ^^"]),
        ("\tp: 80\r\n", 4, 6, ["   |", " 1 |     p: 80", "   |        ^^"]),
        ("日本: 80", 4, 6, ["   |", " 1 | 日本: 80", "   |       ^^"]),
        ("\x1b: 80", 3, 5, ["   |", " 1 | \\x1b: 80", "   |       ^^"]),
        ("", 0, 0, ["   |", " 1 |", "   | ^"]),
        ("abc", 3, 3, ["   |", " 1 | abc", "   |    ^"]),
        ("ab\ncd", 0, 5, ["   |", " 1 | ab", "   | ^^"]),
    ],
)
def test_frames(text: str, start: int, end: int, frame: list[str]) -> None:
    assert _draw(text, start, end) == frame


def test_a_label_stands_behind_the_signs_or_below() -> None:
    assert _draw("port: 80", 6, 8, label="here")[-1] == "   |       ^^ here"
    assert _draw("port: 80", 6, 8, label="here and there and all over it")[-2:] == [
        "   |       ^^",
        "   | here and there and all over it",
    ]


def test_a_long_line_is_cut_around_what_is_marked() -> None:
    lines = _draw("x" * 5000 + " 6379 " + "y" * 5000, 5001, 5005)
    assert lines[1:] == [
        " 1 | ...xxxxxxxxxxx 6379 yyyyyyyyyyyy...",
        "   |                ^^^^",
    ]


@given(st.text(st.sampled_from("ab\t\x1b日\n")), st.integers(0, 60), st.integers(0, 60))
def test_frames_fit_the_width(text: str, start: int, size: int) -> None:
    start = min(start, len(text))
    lines = _draw(text, start, min(start + size, len(text)))
    assert len(lines) == 3
    assert all(display_width(line) <= 40 for line in lines[:2])
    assert all(escape_controls(line) == line for line in lines)
