"""Named tuples behave as those of the standard library, of which they take the place."""

from __future__ import annotations

import copy
import json
import pickle
import typing

import pytest

from complaintctl.tuples import NamedTuple


class Ours(NamedTuple):
    """A round."""

    start: int
    end: int | None
    outcome: str = "solved"
    lesson: bool = False

    @property
    def length(self) -> int:
        return (self.end or 0) - self.start


class Theirs(typing.NamedTuple):
    """A round."""

    start: int
    end: int | None
    outcome: str = "solved"
    lesson: bool = False


GIVEN = [
    ((1, 2), {}),
    ((1, 2, "void", True), {}),
    ((1,), {"end": 2}),
    ((), {"end": 2, "start": 1}),
    ((1, 2), {"lesson": True}),
    ((1, None), {"outcome": "void"}),
]
WRONG = [
    ((), {}),
    ((1,), {}),
    ((1, 2, "void", True, 5), {}),
    ((1, 2), {"start": 1}),
    ((1, 2), {"begin": 1}),
    ((1,), {"lesson": True}),
]


@pytest.mark.parametrize(("values", "named"), GIVEN)
def test_what_is_given_and_what_is_not_comes_out_as_in_the_standard_library(values, named):
    ours, theirs = Ours(*values, **named), Theirs(*values, **named)
    assert ours == theirs == tuple(theirs)
    assert hash(ours) == hash(theirs)
    assert ours._asdict() == theirs._asdict()
    assert (ours.start, ours.end, ours.outcome, ours.lesson) == tuple(theirs)
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert json.dumps(ours) == json.dumps(theirs)


@pytest.mark.parametrize(("values", "named"), WRONG)
def test_fields_that_are_missing_unknown_or_given_twice_are_refused(values, named):
    for kind in (Ours, Theirs):
        with pytest.raises(TypeError):
            kind(*values, **named)


def test_a_class_tells_its_fields_and_has_methods():
    assert Ours._fields == Theirs._fields == Ours.__match_args__
    assert Ours._field_defaults == Theirs._field_defaults
    assert Ours.__doc__ == "A round."
    assert Ours(3, 10).length == 7


def test_an_object_has_no_room_for_anything_else():
    one = Ours(1, 2)
    with pytest.raises(AttributeError):
        one.start = 5
    with pytest.raises(AttributeError):
        one.other = 5


def test_it_is_made_of_an_iterable_with_a_value_for_each_field():
    assert Ours._make(iter((1, 2, "void", True))) == Theirs(1, 2, "void", True)
    assert type(Ours._make([1, 2, "void", True])) is Ours
    for kind in (Ours, Theirs):
        with pytest.raises(TypeError):
            kind._make([1, 2, "void"])


def test_replacing_leaves_the_object_as_it_was():
    one = Ours(1, 2)
    assert one._replace(end=5, lesson=True) == Theirs(1, 5, "solved", True)
    assert one == Theirs(1, 2)
    with pytest.raises(TypeError):
        one._replace(begin=5)


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])  # noqa: S301
def test_a_copy_is_equal_and_of_the_same_class(again):
    one = Ours(1, None, "void")
    assert (type(again(one)), again(one)) == (Ours, one)


def test_it_is_taken_apart_by_position_and_by_name():
    start, end, *_rest = Ours(1, 2)
    match Ours(3, 4):
        case Ours(first, end=last):
            assert (start, end, first, last) == (1, 2, 3, 4)
