import copy
import inspect
import pickle

import pytest

from port_registry.model import NamedTuple


class _Point(NamedTuple):
    """A point."""

    left: int
    top: int = 2
    label: str = "here"

    @property
    def total(self) -> int:
        return self.left + self.top


def test_fields_defaults_and_methods() -> None:
    point = _Point(1, label="there")
    assert (point.left, point.top, point.label, point.total) == (1, 2, "there", 3)
    assert point == (1, 2, "there")
    assert repr(point) == "_Point(left=1, top=2, label='there')"
    assert _Point._fields == ("left", "top", "label")
    assert point._asdict() == {"left": 1, "top": 2, "label": "there"}
    assert _Point._make((4, 5, "x")) == _Point(4, 5, "x")
    assert not hasattr(point, "__dict__")
    match point:
        case _Point(left, top):
            assert (left, top) == (1, 2)


def test_a_copy_with_changes() -> None:
    assert _Point(1)._replace(top=9) == _Point(1, 9)
    with pytest.raises(TypeError, match="middle"):
        _Point(1)._replace(middle=9)  # type: ignore[call-arg]  # the type checker knows it too


@pytest.mark.parametrize("values", [{}, {"top": 1}, {"left": 1, "middle": 2}])
def test_fields_that_are_missing_or_unknown(values: dict[str, int]) -> None:
    with pytest.raises(TypeError, match=r"__new__\(\).*(left|middle)"):
        _Point(**values)  # type: ignore[arg-type]  # the type checker knows it too


def test_nothing_changes_a_tuple() -> None:
    with pytest.raises(AttributeError):
        _Point(1).left = 2  # type: ignore[misc]  # the type checker knows it too


def test_a_tuple_survives_copies_and_pickles() -> None:
    point = _Point(1, 2, "x")
    assert type(copy.copy(point)) is _Point
    assert copy.deepcopy(point) == point
    assert pickle.loads(pickle.dumps(point)) == point


def test_the_signature_is_that_of_the_fields() -> None:
    assert list(inspect.signature(_Point).parameters) == ["left", "top", "label"]
