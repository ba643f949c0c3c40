from hypothesis import given
from hypothesis import strategies as st

from port_registry.model.edits import Edits
from port_registry.model.finding import Edit
from port_registry.model.span import Span


def _edit(start: int, end: int, text: str) -> Edit:
    return Edit(Span("a", start, end), text)


def test_edits_are_carried_out_in_order_of_place() -> None:
    edits = Edits()
    for edit in (_edit(8, 8, "+"), _edit(0, 1, "A"), _edit(3, 5, "")):
        assert edits.accepts(edit)
        edits.add(edit)
    assert edits.apply("abcdefghij") == "Abcfgh+ij"


def test_what_touches_is_refused_and_what_is_the_same_is_taken_once() -> None:
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
def test_all_that_is_taken_is_disjoint_and_commutes(drawn: list[Edit]) -> None:
    edits, taken = Edits(), []
    for edit in drawn:
        if edits.accepts(edit):
            edits.add(edit)
            taken.append(edit)
    backwards = Edits()
    for edit in reversed(taken):
        assert backwards.accepts(edit)
        backwards.add(edit)
    text = "abcdefghijkl"
    assert edits.apply(text) == backwards.apply(text)
    expected = text
    for edit in sorted(set(taken), key=lambda edit: edit.span.start, reverse=True):
        expected = expected[: edit.span.start] + edit.text + expected[edit.span.end :]
    assert edits.apply(text) == expected
