"""The findings that a project has accepted, so that a check fails on new ones alone.

A baseline is a file of JSON, an object a line, sorted, so that it can be read, compared and
merged. It names a finding by its rule, its file, the text of its line and the entries that
it speaks of, and counts those that are alike: lines may come and go above it. A finding in a
file that is gone is looked for in other files, since files are moved.
"""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple, cast

from port_registry.model import Finding, PortRegistryError, Position, Reader, SourceError
from port_registry.project.files import ReadFailure, decode, read_bytes

_HEAD = {"port-registry-baseline": 1}
_MOST_BYTES = 64 * 1024 * 1024
_LONGEST_LINE = 200
"""How much of a line is compared; generated ones are long."""


class BaselineError(PortRegistryError):
    """The baseline cannot be read."""


class BaselineKey(NamedTuple):
    """What a finding is known by from one run to the next."""

    path: str
    line: str
    """The text of the line, white space squeezed."""
    rule: str
    entries: tuple[str, ...]


class Baseline(NamedTuple):
    """Findings that are accepted."""

    counts: Mapping[BaselineKey, int]
    """And how many of each."""
    text: str | None = None
    """The text of the file that it was read from; None where it is from none."""

    def size(self) -> int:
        """Return how many findings are accepted."""
        return sum(self.counts.values())


NO_BASELINE = Baseline({})


class BaselineComparison(NamedTuple):
    """Findings held against a baseline."""

    new: tuple[Finding, ...]
    matched: Baseline
    """What of the baseline was found, under the paths where it is now."""
    unmatched: Baseline
    """What was not: it is mended, or was not looked at."""


def compare_with_baseline(
    findings: Iterable[Finding], baseline: Baseline, reader: Reader
) -> BaselineComparison:
    """Part `findings`, which are in order of place, into those that are new and the others."""
    if not baseline.counts:
        return BaselineComparison(tuple(findings), NO_BASELINE, NO_BASELINE)
    left, met = Counter(baseline.counts), Counter[BaselineKey]()
    strange: list[tuple[BaselineKey, Finding]] = []
    for finding in findings:
        mark = _mark(finding, reader)
        if left[mark]:
            left[mark] -= 1
            met[mark] += 1
        else:
            strange.append((mark, finding))
    moved = _of_gone_files(left, reader) if strange else {}
    new: list[Finding] = []
    for mark, finding in strange:
        before = moved.get(mark._replace(path=""))
        if before:
            left[before.pop()] -= 1
            met[mark] += 1
        else:
            new.append(finding)
    return BaselineComparison(tuple(new), Baseline(+met), Baseline(+left))


def _of_gone_files(
    left: Counter[BaselineKey], reader: Reader
) -> dict[BaselineKey, list[BaselineKey]]:
    """Return what is left of files that are no more, by what it is without its path."""
    there: dict[str, bool] = {}
    moved: dict[BaselineKey, list[BaselineKey]] = {}
    for mark, count in left.items():
        if mark.path not in there:
            there[mark.path] = reader.exists(mark.path)
        if not there[mark.path]:
            moved.setdefault(mark._replace(path=""), []).extend([mark] * count)
    return moved


def baseline_of(findings: Iterable[Finding], reader: Reader) -> Baseline:
    """Return the baseline that accepts all of `findings`."""
    return Baseline(Counter(_mark(finding, reader) for finding in findings))


def _mark(finding: Finding, reader: Reader) -> BaselineKey:
    span = finding.span
    try:
        source = reader.read(span.path)
        line = source.line_text(source.position(span.start).line)
    except SourceError:
        line = ""
    line = " ".join(line.removeprefix("\ufeff").split())[:_LONGEST_LINE]
    return BaselineKey(span.path, line, finding.rule, tuple(sorted(finding.entries)))


def format_baseline(baseline: Baseline) -> str:
    """Return the text of the file that holds `baseline`."""
    lines = [_dump(_HEAD)]
    for mark, count in sorted(baseline.counts.items()):
        values = {**mark._asdict(), "entries": [*mark.entries], "count": count}
        lines.append(_dump(values))
    return "".join(f"{line}\n" for line in lines)


def _dump(values: Mapping[str, object]) -> str:
    import json

    text = json.dumps(values, ensure_ascii=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        # A path need not be UTF-8.
        return json.dumps(values)
    return text


def load_baseline(path: str, shown: str) -> Baseline:
    """Return the baseline in the file at `path`, which people know as `shown`.

    Raises `BaselineError`, with its place, where there is none.
    """
    try:
        source = decode(shown, read_bytes(path, _MOST_BYTES))
    except SourceError as error:
        missing = not os.path.lexists(path)
        hint = "`--update-baseline` writes one that accepts today's findings" if missing else None
        raise BaselineError(
            f"the baseline cannot be read: {error.message}", path=shown, hint=hint
        ) from error
    if isinstance(source, ReadFailure):
        message = f"the baseline cannot be read: {source.message}"
        raise BaselineError(message, path=shown, position=source.position)
    return parse_baseline(source.text, shown)


def parse_baseline(text: str, shown: str) -> Baseline:
    """Return the baseline that `text` holds; raises `BaselineError` where it holds none.

    Where two lines speak of one finding, as after a merge, the larger count is meant.
    """
    lines = text.removeprefix("\ufeff").split("\n")
    if _load(lines[0]) != _HEAD:
        raise _error(shown, 1, f"a baseline begins with the line `{_dump(_HEAD)}`")
    marks: dict[BaselineKey, int] = {}
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        made = _entry(_load(line))
        if made is None:
            raise _error(shown, number, "this line is no entry of a baseline")
        mark, count = made
        marks[mark] = max(count, marks.get(mark, 0))
    return Baseline(marks, text)


def _error(shown: str, line: int, message: str) -> BaselineError:
    hint = "mend the line, or delete the file and write it anew with `--update-baseline`"
    return BaselineError(message, path=shown, position=Position(line, 1), hint=hint)


def _load(line: str) -> object:
    import json

    try:
        return cast("object", json.loads(line))
    except (ValueError, RecursionError):
        return None


def _entry(value: object) -> tuple[BaselineKey, int] | None:
    if not isinstance(value, dict):
        return None
    values = cast("dict[str, object]", value)
    texts = [values.get(key) for key in ("path", "line", "rule")]
    path, line, rule = (text if isinstance(text, str) else None for text in texts)
    entries, count = values.get("entries"), values.get("count")
    if path is None or line is None or rule is None or not isinstance(entries, list):
        return None
    names = cast("list[object]", entries)
    known = tuple(name for name in names if isinstance(name, str))
    if len(known) < len(names) or type(count) is not int or count < 1 or len(values) != _FIELDS:
        return None
    return BaselineKey(path, line, rule, known), count


_FIELDS = len(BaselineKey._fields) + 1
"""How many keys a line has."""


def without_fixed(found: BaselineComparison, unread: Iterable[str]) -> Baseline:
    """Return what is left of a baseline; what is in the files `unread` may be there still."""
    kept = Counter(found.matched.counts)
    lost = frozenset(unread)
    for mark, count in found.unmatched.counts.items():
        if mark.path in lost:
            kept[mark] += count
    return Baseline(kept)
