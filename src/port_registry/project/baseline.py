"""Baseline of accepted findings, so that a check fails only on new ones.

A baseline is a JSON file with one object per line, sorted, so that it can be read, compared
and merged. It identifies a finding by its rule, its file, the text of its line and its
entries, and counts equal ones; line numbers do not matter. A finding in a file that does not
exist any more is searched for in other files, because files are moved.
"""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import cast

from port_registry import model
from port_registry.project.files import ReadFailure, decode, read_bytes

_HEAD = {"port-registry-baseline": 1}
_MOST_BYTES = 64 * 1024 * 1024
_LONGEST_LINE = 200
"""The number of characters of a line that are compared; generated lines are long."""


class BaselineError(model.PortRegistryError):
    """A baseline that cannot be read."""


class BaselineKey(model.NamedTuple):
    """The identity of a finding across runs."""

    path: str
    line: str
    """The text of the line, with white space collapsed."""
    rule: str
    entries: tuple[str, ...]


class Baseline(model.NamedTuple):
    """Accepted findings."""

    counts: Mapping[BaselineKey, int]
    """The number of findings with each key."""
    text: str | None = None
    """The text of the file that it was read from, or None."""

    def size(self) -> int:
        """Return the number of accepted findings."""
        return sum(self.counts.values())


NO_BASELINE = Baseline({})


class BaselineComparison(model.NamedTuple):
    """Findings compared with a baseline."""

    new: tuple[model.Finding, ...]
    matched: Baseline
    """The part of the baseline that was found, with the current paths."""
    unmatched: Baseline
    """The rest of the baseline, which is fixed or was not checked."""


def compare_with_baseline(
    findings: Iterable[model.Finding], baseline: Baseline, reader: model.Reader
) -> BaselineComparison:
    """Divide `findings`, which are in the order of the files, into new and accepted ones."""
    if not baseline.counts:
        return BaselineComparison(tuple(findings), NO_BASELINE, NO_BASELINE)
    remaining, matched = Counter(baseline.counts), Counter[BaselineKey]()
    unmatched: list[tuple[BaselineKey, model.Finding]] = []
    for finding in findings:
        key = _key_of(finding, reader)
        if remaining[key]:
            remaining[key] -= 1
            matched[key] += 1
        else:
            unmatched.append((key, finding))
    moved = _keys_of_missing_files(remaining, reader) if unmatched else {}
    new: list[model.Finding] = []
    for key, finding in unmatched:
        candidates = moved.get(key._replace(path=""))
        if candidates:
            remaining[candidates.pop()] -= 1
            matched[key] += 1
        else:
            new.append(finding)
    return BaselineComparison(tuple(new), Baseline(+matched), Baseline(+remaining))


def _keys_of_missing_files(
    remaining: Counter[BaselineKey], reader: model.Reader
) -> dict[BaselineKey, list[BaselineKey]]:
    """Return the remaining keys of files that do not exist, grouped by the key without path."""
    exists = cache(reader.exists)
    moved: dict[BaselineKey, list[BaselineKey]] = {}
    for key, count in remaining.items():
        if not exists(key.path):
            moved.setdefault(key._replace(path=""), []).extend([key] * count)
    return moved


def baseline_of(findings: Iterable[model.Finding], reader: model.Reader) -> Baseline:
    """Return the baseline that accepts all of `findings`."""
    return Baseline(Counter(_key_of(finding, reader) for finding in findings))


def _key_of(finding: model.Finding, reader: model.Reader) -> BaselineKey:
    span = finding.span
    try:
        source = reader.read(span.path)
        line = source.line_text(source.position(span.start).line)
    except model.SourceError:
        line = ""
    line = " ".join(line.removeprefix("\ufeff").split())[:_LONGEST_LINE]
    return BaselineKey(span.path, line, finding.rule, tuple(sorted(finding.entries)))


def format_baseline(baseline: Baseline) -> str:
    """Return `baseline` as the text of a file."""
    lines = [_dump(_HEAD)]
    for key, count in sorted(baseline.counts.items()):
        values = {**key._asdict(), "entries": [*key.entries], "count": count}
        lines.append(_dump(values))
    return "".join(f"{line}\n" for line in lines)


def _dump(values: Mapping[str, object]) -> str:
    import json

    text = json.dumps(values, ensure_ascii=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        # A path may not be UTF-8.
        return json.dumps(values)
    return text


def load_baseline(path: str, display_path: str) -> Baseline:
    """Return the baseline in the file at `path`, which is shown as `display_path`.

    Raises `BaselineError` where there is none.
    """
    try:
        source = decode(display_path, read_bytes(path, _MOST_BYTES))
    except model.SourceError as error:
        missing = not os.path.lexists(path)
        hint = "`--update-baseline` creates one with the current findings" if missing else None
        raise BaselineError(
            f"the baseline cannot be read: {error.message}", path=display_path, hint=hint
        ) from error
    if isinstance(source, ReadFailure):
        message = f"the baseline cannot be read: {source.message}"
        raise BaselineError(message, path=display_path, position=source.position)
    return parse_baseline(source.text, display_path)


def parse_baseline(text: str, display_path: str) -> Baseline:
    """Return the baseline in `text`; raises `BaselineError` where it is not valid.

    If two lines are about the same finding, as after a merge, the larger count is used.
    """
    lines = text.removeprefix("\ufeff").split("\n")
    if _load(lines[0]) != _HEAD:
        raise _error(display_path, 1, f"a baseline starts with the line `{_dump(_HEAD)}`")
    counts: dict[BaselineKey, int] = {}
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        entry = _entry(_load(line))
        if entry is None:
            raise _error(display_path, number, "this line is not a valid baseline entry")
        key, count = entry
        counts[key] = max(count, counts.get(key, 0))
    return Baseline(counts, text)


def _error(display_path: str, line: int, message: str) -> BaselineError:
    hint = "fix the line, or delete the file and create it again with `--update-baseline`"
    return BaselineError(message, path=display_path, position=model.Position(line, 1), hint=hint)


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
    strings = tuple(name for name in names if isinstance(name, str))
    if len(strings) < len(names) or type(count) is not int or count < 1 or len(values) != _FIELDS:
        return None
    return BaselineKey(path, line, rule, strings), count


_FIELDS = len(BaselineKey._fields) + 1
"""The number of keys of a line."""


def without_fixed(comparison: BaselineComparison, unread: Iterable[str]) -> Baseline:
    """Return the baseline without fixed findings; those in `unread` files may still exist."""
    counts = Counter(comparison.matched.counts)
    unread_paths = frozenset(unread)
    for key, count in comparison.unmatched.counts.items():
        if key.path in unread_paths:
            counts[key] += count
    return Baseline(counts)
