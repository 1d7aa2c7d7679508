"""Which events can which step hear, and does it take time?"""

from __future__ import annotations

from msgspec import Struct

from kweek.flow.model import AnyStep, Call, Handover, Send, Task, Wait
from kweek.flow.words import CALL, DURING_HANDOVER, HANDOVER, LEAD_WIDE, MAIL, MAIL_CLOSES, MAIL_SAYS, PASSING


class Hears(Struct, frozen=True):
    """closing: end the step, so each needs a way. chosen: end it only when they are named. passing: the lead stays.
    Own events may be named wherever `when` stands."""

    closing: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    passing: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.closing, *self.chosen, *self.passing)


def hears(step: AnyStep, own_outcomes: tuple[str, ...] = ()) -> Hears:
    """What a step may name under `when` and `otherwise`. own_outcomes: those of a call's script."""
    match step:
        case Send():
            return Hears(closing=MAIL_CLOSES, chosen=(*MAIL_SAYS, *LEAD_WIDE))
        case Call():
            closing = tuple(dict.fromkeys((*CALL, *own_outcomes)))
            return Hears(closing=closing, passing=PASSING["call"])
        case Handover():
            return Hears(closing=HANDOVER, passing=DURING_HANDOVER)
        case Task():
            return Hears(closing=tuple(o.value for o in step.outcomes if o.value) or ("done",))
        case Wait():
            return Hears(chosen=(*MAIL, "sent", "undelivered", *LEAD_WIDE))
        case _:
            return Hears()


def waits(step: Send) -> bool:
    """For a reaction. Reactions without a readable `within` have their own message; they are meant all the same."""
    return step.within is not None or bool(step.when or step.otherwise)


def at_once(step: AnyStep, event: str, *, otherwise: bool) -> bool:
    """Can this way be taken the moment a lead comes to the step, though the step waits? Whom we may not mail or call
    is known at once. event: the word of the line, empty for the silent way down."""
    match step:
        case Send():
            named = {line.event.value for line in step.when}
            caught = "else" in named or named.issuperset(MAIL_CLOSES)
            if otherwise:
                return event == "undelivered" or (event in ("else", "") and not caught)
            return event in (*MAIL_CLOSES, "else")
        case Call():
            named = {line.event.value for line in step.when}
            return not otherwise and (event == "blocked" or (event == "else" and "blocked" not in named))
        case _:
            return False


def takes_time(step: AnyStep) -> bool:
    """Surely, whenever a lead comes by: a date that is past does not hold anyone a second time."""
    match step:
        case Wait():
            return step.until.value.date_field is None
        case Send():
            return waits(step)
        case Call() | Handover() | Task():
            return True
        case _:
            return False
