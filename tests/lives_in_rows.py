"""A lead that walks generated plans in rows: what comes in comes by its own door, turns are the engine's own, and the
clock is the test's. There is no Temporal: whoever drives a life takes the turns that its workflow would take.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Integer, Row, Select, Table, insert, select, update

from kweek.errors import KweekError
from kweek.flow.plan import Plan
from kweek.intake import calls, handovers, tasks
from kweek.intake.fates import tell_flow
from kweek.intake.incoming import Incoming, LeadIn, Recorded
from kweek.intake.outcomes import Said
from kweek.intake.record import AlwaysRing, record
from kweek.intake.suppress import SUPPRESSION
from kweek.leads import effects, events, ledger, publish, tables
from kweek.leads.enrolments import lead_row
from kweek.leads.permission import address_key
from kweek.leads.traits import set_fields
from tests.engine.house import House, build
from tests.flows_of_chance import CALL, FLOWS, HANDOVER, MAIL, OWN, TASK, Doing
from tests.lives import HOUR, MONDAY
from tests.plain_call import PlainCall
from worker import Hands, hands_of
from workflows.messages import TurnAnswer, TurnInput

LEAD = "lead"  # the same in every life: A/B halves hang on it
RESULTS = ("sent", "bounced", "blocked")
COUNTRIES = ("NL", "BE", "DE")
ACTIONS = {"accepted": "accept", "contacted": "contact", "rejected": "reject"}
KEPT = ("clock", "versions", "flows", "sound_rules", "api_keys", "caught", "absences")  # the house's, not a lead's
WORKSPACE = Path(__file__).parent / "store" / "workspace"


@contextmanager
def town(folder: Path, url: str) -> Iterator[Town]:
    """A house without flows of its own, on this database."""
    house = build(folder, WORKSPACE, url=url)
    assert not house.workspace.problems
    with house.database.write() as tx:
        for flow in FLOWS:
            version = {"hash": f"v-{flow}", "flow": flow, "number": 1, "source": {}, "published_by": "chance"}
            tx.execute(insert(tables.versions).values(**version, published_at=MONDAY))
            tx.execute(insert(tables.flows).values(flow=flow, version=f"v-{flow}"))
    hands = hands_of(house.settings)
    try:
        yield Town(house, hands)
    finally:
        hands.close()
        house.close()


@dataclass
class Town:
    house: House
    hands: Hands

    @contextmanager
    def begin(self, plans: tuple[Plan, ...]) -> Iterator[RowLife]:
        """A lead that nobody has heard of yet, where nobody else ever was."""
        with self.house.database.write() as tx:
            for table in reversed(tables.metadata.sorted_tables):
                if table.name not in KEPT:
                    tx.execute(table.delete())
            tx.execute(update(tables.flows).values(paused_at=None))
        self.house.lead(LEAD, fields={"fair": (MONDAY + 60 * HOUR).isoformat()})
        with patch.dict(publish._plans, {plan.version: plan for plan in plans}):
            yield RowLife(self.house, self.hands)


@dataclass(frozen=True)
class Delivery:
    """What came in, and by which door. `n` makes its id: a page's, a mailbox's or a browser's own."""

    n: int
    kind: str
    at: datetime
    key: str | None = None
    of: str | None = None  # kind of the effect that it is about


@dataclass
class RowLife:
    """n: the turn that the workflow knows of. asks: the turns that it took, `answer` what the last one said."""

    house: House
    hands: Hands
    now: datetime = MONDAY
    n: int = 0
    asks: list[TurnInput] = field(default_factory=list)
    delivered: list[Delivery] = field(default_factory=list)
    answer: TurnAnswer = field(default_factory=lambda: TurnAnswer(0))

    # --- what happens ---------------------------------------------------------------------------------

    def happens(self, doing: Doing) -> list[str]:
        """Make it so, up to but not including the turn that it asks for. Answers keys whose activity gave up."""
        match doing.what:
            case "time":
                self.until(self.now + doing.which * HOUR)
            case "pause":
                with self.house.database.write() as tx:
                    flow = FLOWS[doing.which % 2]
                    publish.pause(tx, flow, None if publish.paused(tx, flow) else self.now)
            case "date":
                with self.house.database.lead_tx(LEAD) as tx:
                    set_fields(tx, LEAD, {"fair": self.now + (doing.which * 8 - 16) * HOUR})
            case "own":
                self.come(Delivery(len(self.asks), (*OWN, "unsubscribed")[doing.which], self.now))
            case _:
                return self._about(doing)
        return []

    def _about(self, doing: Doing) -> list[str]:
        words = {"send_mail": MAIL, "open_call_task": CALL, "give_handover": HANDOVER, "open_task": TASK}
        things = [effect for effect in reversed(self.issued()) if effect.kind in words]
        if not things:
            return []
        thing = things[doing.which % len(things)]
        kind = words[thing.kind][doing.kind % len(words[thing.kind])]
        if kind == "undelivered":
            return [thing.key]
        self.come(Delivery(len(self.asks), kind, self.now, thing.key, thing.kind))
        return []

    def come(self, delivery: Delivery) -> None:
        """By its door. What is refused has not happened."""
        try:
            recorded = self.enter(delivery)
        except KweekError:
            return
        if recorded is not None and recorded.fresh:
            self.delivered.append(delivery)

    def enter(self, one: Delivery) -> Recorded | None:
        """KweekError: a desk refused it. None: there was nothing to say to the lead's flows."""
        if one.key is None or (one.of == "send_mail" and one.kind not in RESULTS):
            return self.record(self._event(one))
        if one.of == "send_mail":
            return self._result(one, one.key)
        return self._person(one, one.key)

    def record(self, event: Incoming) -> Recorded:
        return record(self.house.database, event, self.now)

    def _event(self, one: Delivery) -> Incoming:
        country = {"country": COUNTRIES[one.n % 3]}  # senders say what they know, and the last word counts
        if one.key is None:
            lead = LeadIn(email=f"{LEAD}@there.example", profile=country)
            return Incoming(f"shop/{one.n}", one.kind, one.at, lead, {"page": one.n})
        name = f"mailbox/{one.n}" if one.kind in ("replied", "out of office") else f"{one.key}/{one.kind}"
        data = {"link": "book"} if one.kind == "clicked" else {}
        return Incoming(name, one.kind, one.at, LeadIn(id=LEAD), data, one.key)

    def _result(self, one: Delivery, key: str) -> Recorded:
        """What the activity writes when the relay has spoken: the ledger is final, the event comes once."""
        with self.house.database.lead_tx(LEAD) as tx:
            row, effect = ledger.row_of(tx, key), effects.find(tx, key)
            assert effect is not None
            if row is None or row.status not in ledger.FINAL:
                mail = str(effect.args["mail"])
                ledger.write_off(
                    tx, key, one.kind, "", self.now, lead_id=LEAD, enrolment_id=effect.enrolment, mail=mail
                )
            before = lead_row(tx, LEAD).seq
            tell_flow(tx, LEAD, key, one.kind, self.now, AlwaysRing())
            after = lead_row(tx, LEAD).seq
            return Recorded(LEAD, after, fresh=after > before)

    def _person(self, one: Delivery, key: str) -> Recorded | None:
        db, said = self.house.database, Said("els", self.now, id=f"browser-{one.n}")
        match one.of, one.kind:
            case "open_call_task", "taken":
                return calls.take_call(db, key, said)
            case "open_call_task", "given_back":
                return calls.give_call_back(db, key, said)
            case "open_call_task", kind:
                return self._call(key, kind, said, one.at)
            case "give_handover", kind:
                day = (one.at + timedelta(days=9)).date() if kind == "later" else None
                return handovers.act_on_handover(
                    db,
                    key,
                    ACTIONS.get(kind, kind),
                    said,
                    reason="student" if kind == "rejected" else None,
                    later_on=day,
                )
            case _, "taken":
                return tasks.take_task(db, key, said)
            case _, "given_back":
                return tasks.give_task_back(db, key, said)
            case _:
                return tasks.close_task(db, key, one.kind, said)

    def _call(self, key: str, kind: str, said: Said, at: datetime) -> Recorded:
        secret = self.house.settings.key(SUPPRESSION)
        outcome = {"attempted": calls.NO_ANSWER, "call_back": calls.CALL_BACK}.get(kind, kind)
        return calls.log_call(
            self.house.database, key, outcome, said, PlainCall(apart=HOUR),
            call_back_at=at + 30 * HOUR if kind == "call_back" else None,
            address_key=lambda number: address_key(secret, number),
        )  # fmt: skip

    # --- turns ----------------------------------------------------------------------------------------

    def until(self, moment: datetime) -> None:
        """Let time pass; what is due on the way is done when it is due."""
        while self.answer.wake_at is not None and self.answer.wake_at <= moment:
            self.now = max(self.now, self.answer.wake_at)
            self.turn()
        self.now = moment

    def turn(self, failed: list[str] | None = None) -> TurnAnswer:
        """The workflow's next, with the world's part of it: colleagues are told at once, mail is on its way."""
        self.asks.append(TurnInput(LEAD, self.n, self.now, failed or []))
        self.answer = self.take(self.asks[-1])
        self.n = self.answer.n
        with self.house.database.lead_tx(LEAD) as tx:
            effects.close(tx, [order.split()[1] for order in self.answer.start if order.startswith("tell ")], "done")
        return self.answer

    def take(self, ask: TurnInput) -> TurnAnswer:
        return TurnAnswer(**self.hands.turns.turn(ask))

    # --- the books ------------------------------------------------------------------------------------

    def issued(self) -> list[Row[Any]]:
        rows = self.house.rows(select(tables.effects))
        return sorted(rows, key=lambda row: (row.issued_at, *effects.enrolment_and_number(row.key)))

    def said(self) -> list[Incoming]:
        """Every event in the books, as whoever sent it would send it again."""
        with self.house.database.read() as tx:
            names = {row.seq: row.id for row in tx.execute(select(tables.events))}
            known = events.pull(tx, LEAD, 0)
        return [Incoming(names[one.seq], one.kind, one.at, LeadIn(id=LEAD), one.data, one.ref) for one in known]

    def books(self) -> Books:
        """All that is remembered, but for how often somebody looked, and when (turns)."""
        with self.house.database.read() as tx:
            return {name: list(tx.execute(query)) for name, query in _BOOKS.items()}


Books = dict[str, list[Row[Any]]]


def _in_order(table: Table) -> Select[Any]:
    """Its rows in the order in which they came; the numbers that say so are the database's own."""
    counted = {column.name for column in table.primary_key if isinstance(column.type, Integer)} & {"id"}
    return select(*(column for column in table.c if column.name not in {"turn", "turned_at", *counted})).order_by(
        *table.primary_key
    )


_BOOKS = {table.name: _in_order(table) for table in tables.metadata.sorted_tables if table.name not in KEPT}
