"""What is meant where a line that leads somewhere asks something? `answered: if lead.sales_ready: sales`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_ASKS: Final = re.compile(
    r"""if:?\ +(?P<asked>[^:]*?[a-z_](?:\.[a-z]|\()[^:]*?)
        (?:(?:,|:|\ then:?|\ go(?:\ to)?:?)+\ *(?:go(?:\ to)?:?\ +)?(?P<to>(?:flow\ )?[a-z0-9-]+)
        (?:,?\ +else:?\ +(?P<other>(?:flow\ )?[a-z0-9-]+))?)?""",
    re.VERBOSE,
)

_ASKS_BEHIND: Final = re.compile(r"(?P<to>(?:flow )?[a-z0-9-]+),? if:? (?P<asked>[^:]*[a-z_](?:\.[a-z]|\()[^:]*)")


def asks(text: str) -> tuple[str, str, str] | None:
    """What is asked, where the lead goes, and where all others go; empty: it does not say that. None: it asks
    nothing."""
    if behind := _ASKS_BEHIND.fullmatch(text):
        return behind["asked"], behind["to"], ""
    found = _ASKS.fullmatch(text)
    return (found["asked"], found["to"] or "", found["other"] or "") if found else None


def in_a_choose(
    key: str,
    asked: str,
    to: str,
    other: str,
    *,
    rest: str = "done",
    step: bool = False,
    more: Sequence[tuple[str, str]] = (),
) -> tuple[str, str, str]:
    """What, why and fix. rest: where all others go, if nobody says it. step: the key is a verb, `go`.
    more: what is asked besides, and where it leads."""
    what, why = f"“{key}” leads somewhere, and asks nothing.", "What is asked of a lead, “choose” asks."
    way, rest = to or "… (a path)", other or f"{rest} (or a path)"
    where = "instead" if step else f"below “{key}:”, two spaces deeper"
    fix = f"Write {where}: - choose: — and below it, four spaces deeper than that dash: "
    fix += f"“- if: {asked}”, with “go: {way}” below “if”, "
    fix += "".join(f"“- if: {asked}”, with “go: {way}” below “if”, " for asked, way in more)
    fix += f"and “- else: {rest}”"
    return what, why, fix
