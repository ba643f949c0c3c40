import io

import pytest

from port_registry.output import live_display
from port_registry.output.live_display import ProgressBar


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(live_display, "monotonic", lambda: now[0])
    monkeypatch.setenv("COLUMNS", "50")
    return now


def test_a_short_run_shows_nothing(clock: list[float]) -> None:
    stream = _Terminal()
    bar = ProgressBar(stream)
    clock[0] += 0.4
    bar.step(1, 2, "a.yaml")
    bar.clear()
    assert stream.getvalue() == ""


def test_a_long_run_shows_a_bar_and_takes_it_away(clock: list[float]) -> None:
    stream = _Terminal()
    bar = ProgressBar(stream)
    clock[0] += 0.6
    bar.step(1, 2, "a\x1b.yaml" + "x" * 99)
    bar.step(2, 2, "too soon")
    drawn = stream.getvalue()
    assert drawn == "\r[############............] 1/2 a\\x1b.yamlxxxxxxxx\x1b[K"
    bar.clear()
    bar.clear()
    assert stream.getvalue() == drawn + "\r\x1b[K"


def test_without_a_terminal_there_is_no_bar(clock: list[float]) -> None:
    stream = io.StringIO()
    for bar in (ProgressBar(stream), ProgressBar(None)):
        clock[0] += 5
        bar.step(1, 2, "a.yaml")
        bar.clear()
    assert stream.getvalue() == ""
