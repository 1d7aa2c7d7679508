"""How is each effect that touches the world carried out? Its activity's task queue, time-outs and retries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from temporalio.common import Priority, RetryPolicy

LEADS: Final = "kweek"
MAIL: Final = "kweek-mail"  # a queue of its own: a slow relay must not stand in the way of turns
OUTGOING: Final = "kweek-outgoing"  # another: somebody else's slow program must not stand in the way of mails


@dataclass(frozen=True, slots=True)
class Way:
    """start_to_close outlasts the SMTP time-outs and is outlasted by the ledger's lease. schedule_to_close: after
    that long the world had its chance, and the lead hears `undelivered`. news: its end is an event of the lead, so a
    turn follows. priority: what goes first in its queue."""

    task_queue: str
    start_to_close: timedelta
    schedule_to_close: timedelta
    heartbeat: timedelta | None
    retry: RetryPolicy
    news: bool
    priority: Priority = Priority.default


_MAIL: Final = Way(
    task_queue=MAIL,
    start_to_close=timedelta(seconds=90),
    schedule_to_close=timedelta(days=3),
    heartbeat=timedelta(seconds=30),
    retry=RetryPolicy(
        initial_interval=timedelta(seconds=5), backoff_coefficient=2, maximum_interval=timedelta(minutes=15)
    ),
    news=True,
)

_WEBHOOK: Final = Way(
    task_queue=OUTGOING,
    start_to_close=timedelta(seconds=60),
    schedule_to_close=timedelta(days=3),
    heartbeat=None,
    # the other side may say itself for how long it wants to be left alone
    retry=RetryPolicy(
        initial_interval=timedelta(seconds=5), backoff_coefficient=3, maximum_interval=timedelta(hours=1)
    ),
    news=False,
)

# a colleague who has 24 hours for a handover must not hear of it behind thousands of mails to leads
_TELL: Final = replace(_MAIL, news=False, priority=Priority(priority_key=1))

EFFECTS: Final[dict[str, Way]] = {"send_mail": _MAIL, "tell": _TELL, "call_webhook": _WEBHOOK}
