"""Which options has which verb? And whose may these be, where no verb stands?"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from kweek.flow.words import CALL, DURING_HANDOVER, HANDOVER, LEAD_WIDE, MAIL, OPTIONS, STATES

VERBS: Final = tuple(OPTIONS)
WORDS: Final = frozenset({"id", *(word for options in OPTIONS.values() for word in options)})
"""Every option of any verb."""
STAYS: Final = ("call", "handover", "task", "send")
"""Verbs at which a lead stays for somebody to act. Others have no options that could be mistaken for one of theirs."""
_HEARS: Final = {
    "send": (*MAIL, *LEAD_WIDE, *STATES["send"]),
    "call": (*CALL, *STATES["call"]),
    "handover": (*HANDOVER, *DURING_HANDOVER, "else"),
}


def owners(words: Collection[str]) -> list[str]:
    """The verbs that can have all of these."""
    return [verb for verb, options in OPTIONS.items() if set(words) <= {*options, "id"}]


def who_hears(verbs: Collection[str], events: Collection[str]) -> list[str]:
    """Those of the verbs that may hear all of these. A task has outcomes of its own, and own events all may hear."""
    said = {event.split(" ")[0] if event.startswith("clicked ") else event for event in events if "." not in event}
    if said and "task" in verbs and said.isdisjoint(event for heard in _HEARS.values() for event in heard):
        return ["task"]
    sure = [verb for verb in verbs if said and verb in _HEARS and said <= {*_HEARS[verb]}]
    return sure or list(verbs)


def likeliest(words: Collection[str], events: Collection[str]) -> list[str]:
    """The verbs of whom these may be all the options, with all the events below them."""
    found = owners(words)
    if "within" not in words and "expires" not in words and {"when", "otherwise"} & {*words}:
        found = [verb for verb in found if verb in ("wait", "handover")] or found  # others cannot do without it
    if all("." in event for event in events) and not {"follow_up", "remind", "escalate"} & {*words}:
        found = [verb for verb in found if verb != "handover"] or found
    return who_hears(found, events)
