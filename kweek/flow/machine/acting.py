"""What do the verbs do that hold nobody up? They act, and the lead goes on at once, or stays where it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Final

from kweek.flow.machine.moments import after
from kweek.flow.machine.work import Work
from kweek.flow.plan import AnyStep, Score, Send, Set, Tag, Tell, Untag, Webhook

Verb = Callable[[Work, str, Any], object]


def send_mail(work: Work, of: str, step: Send) -> str | None:
    """Have this lead's half of the test sent. None: it gets nothing."""
    n, mail = half(step.mails, work.answers.spread(step.id))
    if len(step.mails) > 1:
        work.note(of, "drew", step.id, row=f"share:{n}")
    if mail is None:
        return None
    expires = step.expires and after(work.now, step.expires, lambda: work.answers.calendar(None)).isoformat()
    return work.issue(of, step.id, "send_mail", mail, mail=mail, expires_at=expires)


def half(mails: Sequence[tuple[str | None, int]], drawn: float) -> tuple[int, str | None]:
    """Whose share of a hundred holds this draw? Counted from 1, with its mail."""
    share = 0
    for n, (mail, per_cent) in enumerate(mails, 1):
        share += per_cent
        if drawn * 100 < share:
            return n, mail
    return len(mails), None


def score(work: Work, of: str, step: Score) -> None:
    work.issue(of, step.id, "add_points", points=dict(step.points), because=step.because)


def tag(work: Work, of: str, step: Tag) -> None:
    work.issue(of, step.id, "add_tags", ", ".join(step.tags), tags=list(step.tags))


def untag(work: Work, of: str, step: Untag) -> None:
    work.issue(of, step.id, "remove_tags", ", ".join(step.tags), tags=list(step.tags))


def set_fields(work: Work, of: str, step: Set) -> None:
    fields = {name: _value(work, of, value) for name, value in step.fields}
    work.issue(of, step.id, "set_fields", ", ".join(fields), fields=fields)


def _value(work: Work, of: str, value: str) -> object:
    enrolment = work.enrolments[of]
    if value == "today":
        return work.now.astimezone(work.answers.timezone(work.plan(enrolment))).date().isoformat()
    if value.startswith("event."):
        found = enrolment.start_data.get(value.removeprefix("event."))
        return found.isoformat() if isinstance(found, date) else found
    return value


def tell(work: Work, of: str, step: Tell) -> None:
    work.issue(of, step.id, "tell", step.to, to=step.to, text=step.text, mail=step.mail)


def webhook(work: Work, of: str, step: Webhook) -> None:
    work.issue(of, step.id, "call_webhook", step.name, name=step.name)


def act(work: Work, of: str, steps: Iterable[str]) -> None:
    """Do immediate steps for a lead that stays where it is: something passed."""
    for id in steps:
        step = work.step(work.enrolments[of], id)
        ACTS[type(step)](work, of, step)


ACTS: Final[dict[type[AnyStep], Verb]] = {
    Send: send_mail,
    Score: score,
    Tag: tag,
    Untag: untag,
    Set: set_fields,
    Tell: tell,
    Webhook: webhook,
}
