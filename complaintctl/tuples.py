"""Named tuples whose classes cost next to nothing to make.

`typing.NamedTuple` compiles every annotation and writes a constructor for every
class, before anybody wants one.  A short command loads dozens of these classes
and makes objects of a few, so that was a tenth of what it did by itself.  Here a
class is made of what it says and nothing is compiled; one may take it for the
other, and whatever checks types does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["NamedTuple"]

if TYPE_CHECKING:
    from typing import NamedTuple
else:
    from collections import _tuplegetter  # in Python where the interpreter has none

    _tuple = tuple.__new__

    class _Maker(type):
        """Turns the annotations of a class into the fields of a tuple."""

        def __new__(mcs, name, bases, body):
            made = super().__new__(mcs, name, bases, {**body, "__slots__": ()})
            fields = tuple(made.__annotations__)
            made._field_defaults = {field: body[field] for field in fields if field in body}
            made._fields = made.__match_args__ = fields
            made._count = len(fields)
            for place, field in enumerate(fields):
                setattr(made, field, _tuplegetter(place, None))
            return made

    class NamedTuple(tuple, metaclass=_Maker):
        """A base class: ``class Span(NamedTuple)`` with annotated fields, the last ones with defaults."""

        def __new__(cls, /, *values, **named):
            if named or len(values) != cls._count:
                values = cls._completed(values, named)
            return _tuple(cls, values)

        @classmethod
        def _completed(cls, values, named):
            """A value for each field, in order; TypeError where one is missing, given twice or unknown."""
            fields = cls._fields
            first = dict(zip(fields, values, strict=False))
            found = cls._field_defaults | first | named
            if len(values) > len(fields) or first.keys() & named.keys() or found.keys() != set(fields):
                raise TypeError(f"{cls.__name__} takes {', '.join(fields)}")
            return [found[field] for field in fields]

        @classmethod
        def _make(cls, values):
            """From an iterable with a value for every field."""
            made = tuple.__new__(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"{cls.__name__} takes {', '.join(cls._fields)}")
            return made

        def _replace(self, /, **named):
            return type(self)(**(self._asdict() | named))

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __getnewargs__(self):
            return tuple(self)

        def __repr__(self):
            told = ", ".join(f"{field}={value!r}" for field, value in self._asdict().items())
            return f"{type(self).__name__}({told})"
