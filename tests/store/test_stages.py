"""Does the stage of a lead follow from its events in the books, too, and does a goal that asks for it hear of it?"""

from __future__ import annotations

from sqlalchemy import select

from kweek.intake.ears import FlowEars
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.record import record
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.rules.stages import Conversions
from tests.store.making import NOW, a_lead

EARS = FlowEars(conversions=Conversions(frozenset({"quote.requested"}), frozenset({"download.taken"})))


def test_the_stage_is_where_the_last_event_left_it(database: Database) -> None:
    lead = a_lead(database)
    stages: list[str] = []
    for kind in ("page.viewed", "download.taken", "quote.requested", "download.taken", "quoted", "won"):
        record(database, Incoming(f"{len(stages)}", kind, NOW, LeadIn(id=lead)), NOW, EARS)
        with database.read() as read:
            stages.append(read.execute(select(tables.leads.c.stage)).scalar_one())
    qualified = ["suspect", "marketing qualified", "sales qualified", "sales qualified"]
    assert stages == [*qualified, "opportunity", "customer"]
