"""Is it JSON? A body, read; or where it stops being JSON."""

from __future__ import annotations

import json
from typing import NoReturn

from kweek.intake.values import shown
from kweek.web.problems import ProblemError


def read_json(body: bytes) -> object:
    """The body as JSON. ProblemError 400 says where it stops being JSON."""
    try:
        return json.loads(body, parse_constant=_no_constant, object_pairs_hook=_each_once)
    except json.JSONDecodeError as error:
        raise ProblemError(400, f"This is not JSON: line {error.lineno}, column {error.colno}.") from None
    except _TwiceError as error:
        raise ProblemError(400, f"“{error}” stands twice in one object: which of them is meant?") from None
    except (ValueError, RecursionError):  # not UTF-8, NaN, a number without end, brackets without end
        raise ProblemError(400, "This is not JSON that can be read.") from None


class _TwiceError(Exception):
    """A key that an object has twice."""


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """RFC 8259, 4, leaves open what a name that comes twice means; we do not guess."""
    read = dict(pairs)
    if len(read) < len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(shown(next(name for name in names if names.count(name) > 1)))
    return read


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
