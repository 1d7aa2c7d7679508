"""The small workspace that the flows of `tests/unit/broken` are held against."""

from __future__ import annotations

from kweek.flow.conditions.schema import FieldType
from kweek.flow.lint import Names
from kweek.flow.lint.names import Mail, Survey
from kweek.flow.plan import Reentry

_BOTH = frozenset(("nl", "en"))
HARD = frozenset(("demo.requested", "quote.requested", "appointment.requested"))
NAMES = Names(
    languages=("nl", "en"),
    flows={"contact-request": Reentry("always"), "long-term": Reentry("always"), "newsletter": Reentry("never")},
    events={"brochure.requested": {"brochure": FieldType("text")}, **{event: {} for event in sorted(HARD)}},
    hard=HARD,
    mails={
        "survey": Mail(_BOTH, frozenset({"book-a-demo"}), "brochure"),
        "reminder": Mail(_BOTH),
        "only-dutch": Mail(frozenset({"nl"})),
    },
    surveys={"brochure": Survey({"wish": FieldType("text", ("quote", "call", "nothing"))})},
    calendars=frozenset({"office"}),
    teams={"sales": True},
    people=frozenset({"anna"}),
    queues={"default": None},
    webhooks=frozenset({"crm"}),
    fields={"contract_end": FieldType("date")},
)
