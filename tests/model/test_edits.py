from hypothesis import given
from hypothesis import strategies as st

from port_registry.model import Edit, Edits, Span


def _edit(start: int, end: int, text: str) -> Edit:
    return Edit(Span("a", start, end), text)


def test_edits_are_applied_in_the_order_of_the_text() -> None:
    edits = Edits()
    for edit in (_edit(8, 8, "+"), _edit(0, 1, "A"), _edit(3, 5, "")):
        assert edits.accepts(edit)
        edits.add(edit)
    assert edits.apply("abcdefghij") == "Abcfgh+ij"


def test_touching_edits_are_refused_and_equal_edits_are_applied_once() -> None:
    edits = Edits()
    edits.add(_edit(3, 5, "x"))
    assert not any(
        edits.accepts(edit)
        for edit in (
            _edit(0, 3, "y"),
            _edit(3, 3, "y"),
            _edit(4, 4, "y"),
            _edit(5, 5, "y"),
            _edit(5, 9, "y"),
            _edit(3, 5, "y"),
            _edit(0, 9, "y"),
        )
    )
    assert edits.accepts(_edit(3, 5, "x"))
    edits.add(_edit(3, 5, "x"))
    assert edits.apply("abcdefghij") == "abcxfghij"


_EDITS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 3), st.sampled_from(["", "x", "yz"])).map(
        lambda drawn: _edit(drawn[0], min(drawn[0] + drawn[1], 12), drawn[2])
    ),
    max_size=8,
)


@given(_EDITS)
def test_accepted_edits_are_disjoint_and_commute(drawn: list[Edit]) -> None:
    edits, accepted = Edits(), []
    for edit in drawn:
        if edits.accepts(edit):
            edits.add(edit)
            accepted.append(edit)
    backwards = Edits()
    for edit in reversed(accepted):
        assert backwards.accepts(edit)
        backwards.add(edit)
    text = "abcdefghijkl"
    assert edits.apply(text) == backwards.apply(text)
    expected = text
    for edit in sorted(set(accepted), key=lambda edit: edit.span.start, reverse=True):
        expected = expected[: edit.span.start] + edit.text + expected[edit.span.end :]
    assert edits.apply(text) == expected
