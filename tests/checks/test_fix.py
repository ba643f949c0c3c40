from collections.abc import Iterator

from port_registry.checks.fix import MAX_ROUNDS, FixResult, FixSelection, fix_findings
from port_registry.checks.pipeline import check
from port_registry.matching.project import Project
from port_registry.model import Edit, Finding, Fix, Safety, Severity, Span
from port_registry.project.progress import NoProgress
from port_registry.project.rule_selection import Selection
from port_registry.project.workspace import Request, open_workspace
from tests.project.made import write

_PATH = "lib/ports.toml"


class _Rule:
    """Finds each letter of `found`, and puts `text` in its place and `around` it."""

    NAME: str = "letter"
    SEVERITY: Severity = Severity.ERROR
    ON_BY_DEFAULT: bool = True

    def __init__(
        self,
        letters: str,
        text: str,
        safety: Safety = Safety.SAFE,
        path: str = _PATH,
        around: int = 0,
    ) -> None:
        self._found, self._text, self._safety = letters, text, safety
        self._path, self._around = path, around

    def check(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each letter."""
        for at, letter in enumerate(project.reader.read(_PATH).text):
            if letter in self._found:
                span = Span(self._path, at - self._around, at + 1 + self._around)
                fix = Fix("write", self._safety, (Edit(span, self._text),))
                yield Finding(
                    rule=self.NAME, severity=self.SEVERITY, message=f"{at}", span=span, fix=fix
                )


def _repaired(
    folder: object, text: str, *rules: _Rule, wanted: FixSelection = FixSelection.SAFE
) -> FixResult:
    workspace = open_workspace(Request(write(folder, {_PATH: text})))
    workspace = workspace._replace(selection=lambda: Selection(rules, (), ()))
    return fix_findings(workspace, check(workspace, NoProgress()), wanted, NoProgress())


def test_fixes_are_applied_and_counted(tmp_path: object) -> None:
    made = _repaired(tmp_path, "# ab a\n", _Rule("a", "ä"))
    (rewrite,) = made.rewrites
    assert (rewrite.path, rewrite.before, rewrite.after) == (_PATH, "# ab a\n", "# äb ä\n")
    assert made.fixed == ((_PATH, 2),)
    assert made.settled
    assert made.outcome.findings == ()
    assert made.files.read(_PATH).text == rewrite.after


def test_fixes_in_each_others_way_wait_for_the_next_round(tmp_path: object) -> None:
    made = _repaired(tmp_path, "# -aa-\n", _Rule("a", "x", around=1))
    assert made.rewrites[0].after == "# x-\n"
    assert made.fixed == ((_PATH, 1),)
    made = _repaired(tmp_path, "# ab\n", _Rule("a", "b"), _Rule("b", "c"))
    assert made.rewrites[0].after == "# cc\n"


def test_fixes_that_never_end_are_ended(tmp_path: object) -> None:
    made = _repaired(tmp_path, "# a\n", _Rule("a", "aa"))
    assert not made.settled
    assert 2 < made.rewrites[0].after.count("a") <= 2**MAX_ROUNDS


def test_unsafe_fixes_are_applied_only_if_they_are_wanted(tmp_path: object) -> None:
    rule = _Rule("a", "b", Safety.UNSAFE)
    made = _repaired(tmp_path, "# a\n", rule)
    assert (made.rewrites, made.fixed, made.settled) == ((), (), True)
    assert len(made.outcome.findings) == 1
    made = _repaired(tmp_path, "# a\n", rule, wanted=FixSelection.ALL)
    assert made.rewrites[0].after == "# b\n"


def test_fixes_that_undo_each_other_write_nothing(tmp_path: object) -> None:
    made = _repaired(tmp_path, "# a\n", _Rule("a", "b"), _Rule("b", "a"))
    assert (made.rewrites, made.fixed) == ((), ())
    assert not made.settled


def test_fixes_outside_the_project_are_not_applied(tmp_path: object) -> None:
    made = _repaired(tmp_path, "# a\n", _Rule("a", "b", path="../outside"))
    assert (made.rewrites, made.settled) == ((), True)
