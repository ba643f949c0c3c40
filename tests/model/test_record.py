import copy
import pickle
from inspect import signature

import pytest

from port_registry.model import Record
from port_registry.model.record import RecordType


class _Pair(Record):
    left: int
    right: tuple[int, ...] = ()

    def total(self) -> int:
        return self.left + sum(self.right)


class _Other(Record):
    left: int
    right: tuple[int, ...] = ()


def test_fields_and_defaults() -> None:
    assert (_Pair(left=1).right, _Pair(left=1, right=(2, 3)).total()) == ((), 6)
    assert repr(_Pair(left=1)) == "_Pair(left=1, right=())"
    assert str(signature(_Pair)) == "(*, left: int, right: tuple[int, ...] = ())"
    assert not hasattr(_Pair(left=1), "__dict__")


@pytest.mark.parametrize("values", [{}, {"right": ()}, {"left": 1, "middle": 2}])
def test_fields_that_are_missing_or_unknown(values: dict[str, object]) -> None:
    with pytest.raises(TypeError, match=r"left|middle"):
        Record.__init__(_Pair.__new__(_Pair), **values)


def test_equal_records_are_one_and_those_of_another_class_are_not() -> None:
    assert _Pair(left=1) == _Pair(left=1, right=())
    assert _Pair(left=1) != _Pair(left=2)
    assert {_Pair(left=1), _Pair(left=1)} == {_Pair(left=1)}
    assert _Pair(left=1) != (1, ())
    assert _Pair(left=1).__eq__(_Other(left=1)) is NotImplemented


def test_nothing_changes_a_record() -> None:
    pair = _Pair(left=1)
    with pytest.raises(AttributeError, match="frozen"):
        pair.left = 2  # type: ignore[misc]  # the type checker knows it too
    with pytest.raises(AttributeError, match="frozen"):
        del pair.left
    assert pair.replace(left=2) == _Pair(left=2)
    assert pair == _Pair(left=1)
    with pytest.raises(TypeError, match="middle"):
        pair.replace(middle=2)


def test_no_record_is_derived_from_another() -> None:
    with pytest.raises(TypeError, match="final"):
        RecordType("Triple", (_Pair,), {})


def test_annotations_that_are_kept_as_a_function() -> None:
    def annotate(form: int) -> dict[str, object]:
        assert form == 1
        return {"left": int}

    # As Python 3.14 leaves them in the body of a class.
    kind = RecordType("Late", (Record,), {"__annotate_func__": annotate, "left": 3})
    assert repr(kind()) == "Late(left=3)"


def test_copies() -> None:
    pair = _Pair(left=1, right=(2,))
    for again in (copy.copy(pair), copy.deepcopy(pair), pickle.loads(pickle.dumps(pair))):
        assert again == pair
        assert hash(again) == hash(pair)
