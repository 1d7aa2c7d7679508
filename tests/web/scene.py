"""Three leads that wait for a colleague: an overdue handover, a call that somebody took, a mail that was answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from kweek.flow.rows import place_in
from kweek.flow.state import Enrolment, Entry, Token
from kweek.flow.stored import dump_enrolment
from kweek.leads import tables
from tests.web.conftest import NOW, Books

HANDOVER, CALL, ANSWER = "ann-1/3", "bas-1/2", "carla-1/2"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def scene(books: Books, version: str) -> None:
    books.add(tables.companies, id="c1", name="De Vries Orchideeën", name_key="de vries orchideeën", fields={})
    ann = {
        "name": "Ann de Vries", "phone": "+31201234567", "job_title": "Bedrijfsleider", "company_id": "c1",
        "language": "nl", "country": "NL", "profile": "B", "engagement": 1, "points_profile": 10, "points_intent": 30,
        "points_interest": 18, "owner": "anna", "fields": {"building": "greenhouse"},
    }  # fmt: skip
    books.lead("ann", **ann)
    books.lead("bas", name="Bas Jansen", phone="+31207654321", language="nl")
    books.lead("carla", first_name="Carla", last_name="Smit", language="en", owner="bram")
    for lead, step in (("ann", "sales/handover-sales"), ("bas", "call/call-brochure"), ("carla", "steps/send-survey")):
        walks(books, lead, version, step)
    an_overdue_handover(books)
    a_call_that_was_taken(books)
    a_mail_that_was_answered(books)


def walks(books: Books, lead: str, version: str, step: str) -> None:
    entered = NOW - 2 * DAY
    token = Token(step, 1, entered, deadline=NOW + 3 * DAY)
    enrolment = Enrolment(f"{lead}-1", "brochure-request", version, NOW - 9 * DAY, 1, token)
    books.add(
        tables.enrolments, id=enrolment.id, lead_id=lead, flow="brochure-request", version=version,
        started_at=enrolment.started_at, entered_at=entered, step=step, state=dump_enrolment(enrolment), live=True,
    )  # fmt: skip
    line(books, lead, "started", by="brochure.requested", flow="brochure-request")
    for passed in dict.fromkeys(("steps/wait-1", "steps/send-survey", step)):
        line(books, lead, "entered", step=passed)


def line(
    books: Books, lead: str, kind: str, at: datetime = NOW - 9 * DAY, step: str | None = None, **detail: object
) -> None:
    row = {"lead_id": lead, "enrolment_id": f"{lead}-1", "turn": 1, "at": at, "kind": kind, "step": step}
    taken = {key: value for key, value in detail.items() if isinstance(value, str)}
    books.add(tables.journal, **row, detail=detail, place=place_in(Entry(f"{lead}-1", kind, step, 1, taken)))


def event(
    books: Books,
    lead: str,
    seq: int,
    kind: str,
    at: datetime,
    ref: str | None = None,
    said: tuple[str | None, str | None] = (None, None),
    **data: object,
) -> None:
    """said: the colleague who did it, and his note."""
    row = {"lead_id": lead, "seq": seq, "id": f"{lead}/{seq}", "kind": kind, "at": at, "recorded_at": at}
    books.add(tables.events, ref=ref, data=data, by=said[0], note=said[1], **row)
    with books.db.write() as tx:
        tx.execute(tables.leads.update().where(tables.leads.c.id == lead).values(seq=seq))


def an_overdue_handover(books: Books) -> None:
    given = NOW - 26 * HOUR
    event(
        books,
        "ann",
        1,
        "brochure.requested",
        NOW - 9 * DAY,
        brochure="humidity",
        message="Kan het ook\nin een oude kas?",
    )
    event(books, "ann", 2, "answered", given, "ann-1/1", survey="brochure")
    books.mail("ann-1/1", "ann", enrolment_id="ann-1", subject="Wat past bij uw gebouw?", text="Beste Ann, …")
    for question, value in (("wish", "quote"), ("need", "problem")):
        row = {"lead_id": "ann", "survey": "brochure", "question": question, "value": value}
        books.add(tables.answers, source="ann-1/1", at=given, **row)
    line(books, "ann", "reacted", given, "steps/send-survey", event="answered", seq=2, row="when:3")
    line(books, "ann", "effect", given, key=HANDOVER, effect="give_handover", what="sales")
    books.add(
        tables.handovers, key=HANDOVER, lead_id="ann", enrolment_id="ann-1", team="sales", owner="anna", status="open",
        sales_ready=True, given_at=given, follow_up_at=given + 24 * HOUR, rungs=1,
    )  # fmt: skip
    for number, kind, hours, what, name in (
        (4, "remind", 20, "reminder", "anna"),
        (5, "escalate", 24, "escalation", "hanneke"),
    ):
        args = (
            {"ref": HANDOVER, "rung": 1, "tell": "manager", "reassign": None}
            if kind == "escalate"
            else {"ref": HANDOVER}
        )
        key = f"ann-1/{number}"
        books.add(
            tables.effects, key=key, lead_id="ann", enrolment_id="ann-1", kind=kind, step="sales/handover-sales",
            args=args, status="done", issued_at=given + hours * HOUR,
        )  # fmt: skip
        told = {"audience": "colleague", "recipient": f"{name}@lisveld.example.com", "mail": f"notice-{what}"}
        books.mail(f"{key}:{what}:{name}", "ann", subject=f"{what}: Ann de Vries", **told)


def a_call_that_was_taken(books: Books) -> None:
    line(books, "bas", "timed_out", NOW - 2 * DAY, "steps/send-survey", state="opened", row="otherwise:1")
    line(books, "bas", "effect", NOW - 2 * DAY, key=CALL, effect="open_call_task")
    books.add(
        tables.call_tasks, key=CALL, lead_id="bas", enrolment_id="bas-1", script="brochure", attempts_allowed=3,
        apart="1 business day", status="taken", taken_by="els", opened_at=NOW - 2 * DAY,
    )  # fmt: skip
    event(books, "bas", 1, "attempted", NOW - DAY, CALL, ("joris", "Belt liever na vieren"))
    event(books, "bas", 2, "taken", NOW - 5 * HOUR, CALL, ("els", None))


def a_mail_that_was_answered(books: Books) -> None:
    books.mail("carla-1/1", "carla", enrolment_id="carla-1", subject="What suits your building?", text="Dear Carla, …")
    event(books, "carla", 1, "replied", NOW - 3 * DAY, "carla-1/1")
    line(books, "carla", "reacted", NOW - 3 * DAY, event="replied", seq=1)
    line(books, "carla", "effect", NOW - 3 * DAY, key=ANSWER, effect="open_task")
    books.add(
        tables.tasks, key=ANSWER, lead_id="carla", enrolment_id="carla-1", title="Answer", assignee="bram",
        outcomes=["done"], status="open", opened_at=NOW - 3 * DAY,
    )  # fmt: skip
