"""How do a worker and its render process understand each other? Marks in the text, and a context that is JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, cast

OPEN_VALUE, CLOSE_VALUE, OPEN_LINK, CLOSE_LINK, PIXEL = (chr(0xE000 + n) for n in range(5))
_PRIVATE: Final = re.compile(f"[{OPEN_VALUE}-{PIXEL}]")


class Open(dict[str, Any]):
    """A place whose fields depend on the lead (`event`, `survey`, `bant`): what is not there prints as nothing."""


def unmarked(text: str) -> str:
    """Text that cannot be taken for our marks."""
    return _PRIVATE.sub("", text)


def tagged(value: Any) -> Any:
    """A context as JSON knows it; days, moments and open places keep their kind."""
    match value:
        case datetime():
            return {"$moment": value.isoformat()}
        case date():
            return {"$date": value.isoformat()}
        case Open():
            return {"$open": {key: tagged(item) for key, item in value.items()}}
        case Mapping():
            return {str(key): tagged(item) for key, item in cast(Mapping[Any, Any], value).items()}
        case list() | tuple():
            return [tagged(item) for item in cast(list[Any], value)]
        case _:
            return value


def plain(value: Any) -> Any:
    """The inverse of `tagged`, without anything that could be taken for our marks."""
    match value:
        case str():
            return unmarked(value)
        case list():
            return [plain(item) for item in cast(list[Any], value)]
        case {"$date": str(text)}:
            return date.fromisoformat(text)
        case {"$moment": str(text)}:
            return datetime.fromisoformat(text)
        case dict():
            known = cast(dict[str, Any], value)
            if set(known) == {"$open"}:
                return Open(plain(known["$open"]))
            return {unmarked(key): plain(item) for key, item in known.items()}
        case _:
            return value
