"""Which glob was meant by a regular expression? matches(…) asks for globs: `"^/pricing"` is `"/pricing*"`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kweek.flow.conditions.pieces import Piece, Slip

_EXPRESSION: Final = re.compile(r"\A\^|\$\Z|\\|\.\+|\A\(*\.\*|/\.\*|\)\.\*|\]\+|\(\?|\A/.*\.\*/\Z")
"""What no glob has: `report.*` is one, `.*report` is none."""
BEGINS: Final = ("^", ".*", ".+")
"""How no text begins."""
_LIKE: Final = re.compile(r"%[^*?]*|[^*?]*(?<!\d)%")
"""`%gmail%`, as databases have it; `100%` is none."""
_ANYTHING: Final = re.compile(r"(?:\\[dwsDWS]|\[[^\]]*\]|\.)(?:[*+]\??|\{[\d,]+\})|[^\W_]\?")
_OPEN: Final = re.compile(rf"\A(?:{_ANYTHING.pattern})|(?:{_ANYTHING.pattern})\Z")
"""Who opens one end means the other as it stands."""
_EITHER: Final = re.compile(r"(?P<before>[^()|]*)\((?:\?:)?(?P<any>[^()]*\|[^()]*)\)(?P<behind>[^()|]*)")
_ASKED: Final = re.compile(
    r"""matches\(\s*(?P<field>[A-Za-z_]\w*(?:\.[\w-]+)+)\s*,\s*
        (?P<glob>"(?P<two>[^"]*)"|'(?P<one>[^']*)'|(?P<bare>/[^\s"',]+/[gimsuy]*))\s*\)""",
    re.VERBOSE,
)
_OF_PAGES: Final = ("path", "url", "page")
"""How the name of a field ends in which a slash is part of the text."""


def globs_meant(text: str) -> tuple[str, ...]:
    """The globs for it, one for each of `ceo|cto`. Empty: it is a glob already."""
    expression = _EXPRESSION.search(text) is not None
    text = re.sub(r"\A(/.*\.\*)/\Z", r"\1", text.removeprefix("(?i)"))
    if either := _EITHER.fullmatch(text):
        parts = [f"{either['before']}{one}{either['behind']}" for one in either["any"].split("|") if one]
    else:
        parts = [part for part in text.split("|") if part]
    if expression:
        return tuple(map(_glob, parts))
    if _LIKE.fullmatch(text):
        return (re.sub(r"%+", "*", text),)
    stars = "" if "*" in text else "*"
    return tuple(f"{stars}{part}{stars}" for part in parts) if parts[1:] else ()


def no_glob(text: str) -> str:
    """What is wrong with it."""
    if _EXPRESSION.search(text):
        return _expression(text)
    return "in a glob, “%” is only itself; * is anything"


def _expression(text: str) -> str:
    return f"“{text}” is a regular expression; matches(…) asks for a glob, in which * is anything"


def globs_behind(field: str, said: str) -> tuple[str, ...]:
    """Of what the field is held against, be it in quotes or as `/director/i`. Empty: it is a glob already."""
    inner = unwrapped(field, said)
    return globs_meant(inner) or (() if inner == said else (_glob(inner),))


def unwrapped(field: str, bare: str) -> str:
    """The expression of `/director/i`. Of a page, its first slash is part of it, and `/prices/` is one as it is."""
    inner = re.sub(r"\A/(.+)/[gimsuy]*\Z", r"\1", bare)
    if not field.endswith(_OF_PAGES) or inner.startswith(("/", "\\/", "^", ".")):
        return inner
    return f"/{inner}" if inner.endswith(".*") or "|" in inner or _EXPRESSION.search(inner) else bare


def _glob(text: str) -> str:
    """Of one that is open where it has no sign for its beginning, or its end."""
    text = re.sub(r"\A%+|(?<!\d)%+\Z", ".*", text)
    whole = not re.search(r"\A\^|\$\Z", text) and _OPEN.search(text)
    begins = "" if whole or text.startswith(("^", "/")) else "*"
    ends = "" if whole or text.endswith("$") else "*"
    rest = _ANYTHING.sub("*", text.removeprefix("^").removesuffix("$"))
    rest = re.sub(r"\\(.)", lambda found: "?" if found[1] in "dwsDWS" else found[1], rest)
    return re.sub(r"\*+", "*", f"{begins}{re.sub('[()]', '', rest)}{ends}")


def patterns(text: str, pieces: Sequence[Piece]) -> Iterator[Slip]:
    """`matches(lead.email, ".*@gmail\\.com")`, `matches(event.path, /coworking.*/)`"""
    for found in _ASKED.finditer(text):
        said, bare = found["two"] or found["one"] or "", found["bare"]
        globs = globs_behind(found["field"], bare) if bare else globs_meant(said) if "\\" in said else ()
        if not globs:
            continue
        asked = " or ".join(f'matches({found["field"]}, "{glob}")' for glob in globs)
        right = f"({asked})" if globs[1:] else asked
        what = _expression(bare or said)
        yield Slip(found.start(), found.end(), right, what, f"write {right}", said_at=found.start("glob"))
