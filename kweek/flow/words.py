"""Which words does the flow language have? Its verbs with their options, its endings, what happens, as data."""

from __future__ import annotations

import re
from typing import Final, Literal

OPTIONS: Final[dict[str, tuple[str, ...]]] = {
    "wait": ("when", "otherwise"),
    "send": ("expires", "within", "when", "otherwise"),
    "call": ("queue", "priority", "attempts", "apart", "within", "when", "otherwise"),
    "handover": ("prefer", "follow_up", "remind", "escalate", "when"),
    "task": ("to", "outcomes", "remind", "escalate", "within", "when", "otherwise"),
    "choose": (),
    "go": ("at_most", "then"),
    "end": ("because",),
    "score": ("because",),
    "tag": (),
    "untag": (),
    "set": (),
    "tell": ("text", "mail"),
    "webhook": (),
}
"""Every verb, with the options that may stand beside it."""
RUNG: Final = ("after", "every", "tell", "reassign")
"""What a rung of `escalate` says; it begins with the first of them."""

EndingKind = Literal["done", "discard", "won", "lost"]
ENDINGS: Final[tuple[EndingKind, ...]] = ("done", "discard", "won", "lost")

LEAD_WIDE: Final = ("unsubscribed", "complained")
"""Said to all flows at once: a lead that wants no more mail leaves them all."""

MAIL_CLOSES: Final = ("bounced", "blocked")
MAIL_SAYS: Final = ("opened", "clicked", "replied", "answered", "out of office")
MAIL: Final = (*MAIL_SAYS, *MAIL_CLOSES)
CALL: Final = (
    "interested", "not interested", "appointment", "quote", "wrong person", "objected", "unreachable", "blocked",
)  # fmt: skip
HANDOVER: Final = ("rejected", "later", "won", "lost")
CONTACT: Final = ("contacted", "appointment", "quoted")
DURING_HANDOVER: Final = ("accepted", *CONTACT)

PASSING: Final = {"call": ("attempted",), "handover": DURING_HANDOVER}
"""The lead stays; all other events of these verbs end the step."""

STATES: Final = {
    "send": ("answered", "clicked", "opened", "unclear", "undelivered", "else"),
    "call": ("attempted", "else"),
    "task": ("else",),
    "wait": ("else",),
}
"""What `otherwise` may ask when the time of a verb is up."""

IMPORTED: Final = "imported"
"""Recorded for each row of a file that was taken in: `file` and `row`."""
IMPORT_UNDONE: Final = "import undone"
"""Recorded where a lead outlives the import that touched it; nothing listens to it."""

BUILT_IN: Final = tuple(
    dict.fromkeys(
        (
            *MAIL, *LEAD_WIDE, *CALL, "attempted", "call_back", *HANDOVER, *DURING_HANDOVER, "sent", "undelivered",
            IMPORTED,
        )
    )
)  # fmt: skip
"""Every event that Kweek itself records; conditions may count them."""

LEAD_RECEIVED: Final = "lead.received"
"""Recorded where a program sends a lead of whom it tells no event."""

HANDOVER_GIVEN: Final = "handover.given"
"""Told to other programs where a lead is handed to sales."""

GRADE_CHANGED: Final = "grade.changed"
"""Recorded where points bring a lead to another grade: `from` and `to`."""

PAGE_VIEWED: Final = "page.viewed"
"""An own event by name; but what it says of its `topic` is counted (`lead.topic`)."""

HEARD_OUTSIDE: Final = tuple(
    dict.fromkeys(
        (
            *(LEAD_RECEIVED, GRADE_CHANGED, HANDOVER_GIVEN, *LEAD_WIDE, *MAIL_SAYS),
            *(outcome for outcome in CALL if outcome not in ("unreachable", "blocked")),
            *(*HANDOVER, *DURING_HANDOVER),
        )
    )
)
"""Of Kweek's own events, those that webhooks may hear; not what becomes of a mail on its way."""

WHENEVER_DEFAULTS: Final = (*LEAD_WIDE, "replied")
IMMEDIATE: Final = ("score", "tag", "untag", "set", "tell", "webhook", "send")
"""The verbs that may stand below a passing event (a `send` without `within`)."""

OWNERS: Final = ("lead", "company", "campaign", "survey", "bant", "event", "handover")
"""What a condition asks of: a name of another owner is that of an event."""
OWN_EVENT: Final = re.compile(r"[a-z][\w-]*\.[a-z_]+")
"""`brochure.requested`, as rules/events.yaml names them."""


def is_event(word: str) -> bool:
    """Rather than a field, such as `lead.sales_ready`."""
    own = OWN_EVENT.fullmatch(word) is not None and word.partition(".")[0] not in OWNERS
    return own or word in BUILT_IN or word.startswith("clicked ")
