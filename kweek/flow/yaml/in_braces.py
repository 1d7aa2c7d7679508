"""Which key inside { } has no colon, and what was it meant to be? YAML takes it for a key without a value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from kweek.flow.words import OWN_EVENT
from kweek.flow.yaml.tree import Pair, Text

_NO_COLON: Final = re.compile(r"(?P<key>[a-z_][a-z_-]*)(?: ?[=;] ?|:| )(?P<value>\S.*)")
_NO_SPACE: Final = re.compile(r"(?P<key>[A-Za-z_][\w -]*):(?!//)(?P<value>\S.*)")
_OF_A_DAY: Final = re.compile("(?:and )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|\\d{1,2}:\\d\\d")
_WHOLE: Final = re.compile(r"[+-]?\d{1,9}")
_DECIMALS: Final = re.compile(r"(?P<digits>\d{1,9}) ?(?P<share>%)?")
_THOUSAND: Final = re.compile(r"(?:.*[^\w.])?\d{1,3}")
_BEHIND_THOUSAND: Final = re.compile(r"\d{3}(?: [^%].*)?")
"""`amount > 1` and `000 and …`, between which a comma stands."""
_CLICKED: Final = re.compile(r"(?P<key>clicked [\w-]+) (?P<value>\S.*)")
_OF_WORDS: Final = ("score", "set", "send", "when", "whenever", "otherwise")
"""Keys that take braces in which no value is a text for people, so that none has a comma in it."""
_LATER: Final = ("after", "every", "tell", "reassign", "if", "go", "email", "event", "at")
"""Keys that stand behind others; any other word may be the piece of a text behind its comma."""


class Meant(NamedTuple):
    """pair: what was meant. code: empty: nothing is said of it here. joined: the pair before it, with this as the end
    of its text."""

    pair: Pair
    code: str
    what: str
    why: str
    fix: str
    joined: bool = False


def meant_in_braces(key: Text, before: Sequence[Pair], owner: str) -> Meant | None:
    """before: the pairs that were read before it. owner: the key of these braces. None: nobody can tell."""
    match before:
        case [*_, Pair(Text(value="every") as above, Text() as value)] if _OF_A_DAY.match(key.value):
            # whoever reads the start says that these are several moments
            return Meant(
                Pair(above, Text(f"{value.value}, {key.value}", value.at, key.end)), "", "", "", "", joined=True
            )
        case _:
            pass
    if glued := _NO_SPACE.fullmatch(key.value):
        what, why = "There is no space behind the colon.", "Without a space YAML reads key and value as one text."
        fix = f"Put a space behind each colon: {glued['key']}: {glued['value']}"
        return Meant(_parted(key, glued), "space-after-colon", what, why, fix)
    clicked = _CLICKED.fullmatch(key.value)
    one_text = clicked or _NO_COLON.fullmatch(key.value)
    if one_text and (clicked or not before or one_text["key"] in _LATER or owner in _OF_WORDS):
        what, why = f"“{key.value}” has no colon.", "A key and its value are parted by a colon and a space."
        return Meant(
            _parted(key, one_text), "colon-missing", what, why, f"Write: {one_text['key']}: {one_text['value']}"
        )
    match before:
        case [*_, Pair(above, Text() as value)] if _THOUSAND.fullmatch(value.value) and _BEHIND_THOUSAND.fullmatch(
            key.value
        ):
            right = value.value + key.value
            what, why = f"“{value.value},{key.value}” has a comma in it.", "A number has none."
            pair = Pair(above, Text(right, value.at, key.end))
            return Meant(pair, "comma-in-braces", what, why, f"Write: {above.value}: {right}", joined=True)
        case [*_, Pair(above, Text() as value)] if _WHOLE.fullmatch(value.value) and (
            behind := _DECIMALS.fullmatch(key.value)
        ):
            return _decimal(above, value, key, behind, owner)
        case [*_, Pair(Text(value="event") as above, Text() as value)] if owner in (
            "start",
            "",
        ) and OWN_EVENT.fullmatch(key.value):
            whole = f"{value.value}, {key.value}"  # whoever reads the start knows what is asked of both
            return Meant(Pair(above, Text(whole, value.at, key.end)), "", "", "", "", joined=True)
        case [*_, Pair(above, Text() as value)] if not value.empty:
            whole = f"{value.value}, {key.value}"
            what = f"“{key.value}” stands alone, without a key."
            why = f"Inside {{ }} a comma ends a value, so “{above.value}” is only “{value.value}”."
            fix = f'Put the value in quotes: {above.value}: "{whole}". Or write the keys on lines of their own.'
            pair = Pair(above, Text(whole, value.at, key.end, "quoted"))
            return Meant(pair, "comma-in-braces", what, why, fix, joined=True)
        case _:
            return None


def _decimal(above: Text, value: Text, key: Text, behind: re.Match[str], owner: str) -> Meant:
    """`interest: 2,5`: a number that goes on behind its comma."""
    right, why, style = f"{value.value}.{behind['digits']}", "", "plain"
    if behind["share"]:  # what the others make is not asked before this is whole
        right, why, style = f"{value.value}%", "Shares are whole per cents.", "lost"
    elif owner == "score":
        up = behind["digits"][0] >= "5"
        right = f"{value.value[0] if value.value[0] in '+-' else '+'}{int(value.value.lstrip('+-')) + up}"
        why = "Points are whole numbers."
    what = f"“{value.value},{key.value}” has a comma in it."
    pair = Pair(above, Text(right, value.at, key.end, style))
    return Meant(pair, "comma-in-braces", what, why, f"Write: {above.value}: {right}", joined=True)


def _parted(key: Text, found: re.Match[str]) -> Pair:
    return Pair(key._replace(value=found["key"]), Text(found["value"], key.at, key.end))
