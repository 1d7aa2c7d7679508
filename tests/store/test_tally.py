"""How many leads are where: what is committed is counted once, whoever writes at the same time, and whoever fails."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from kweek.flow.rows import place_in
from kweek.flow.state import Entry
from kweek.leads.database import Database
from kweek.leads.tally import SHARDS, Place, Tally, numbers, tallied
from tests.store.making import a_lead

STEPS = [Place("f", "v", f"steps/wait-{n}") for n in range(12)]


def test_who_writes_at_once_neither_loses_a_lead_nor_waits_in_a_circle(database: Database) -> None:
    """Each goes through the places in an order of its own; all leads of one shard, so that they meet."""
    leads = [name for n in range(200) if Tally(name := f"l{n}").shard == 3]
    for lead in leads:
        a_lead(database, lead)

    def walk(lead: str) -> None:
        chance = Random(lead)
        for _ in range(10):
            with database.lead_tx(lead) as tx, tallied(tx, lead) as tally:
                for place in chance.sample(STEPS, 6):
                    tally.changes[place] += 1

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(walk, leads))
    with database.read() as tx:
        found = numbers(tx)["f"]["v"]
    assert sum(found.values()) == len(leads) * 10 * 6
    assert set(found) == {place.place for place in STEPS}


def test_what_fails_is_not_counted(database: Database) -> None:
    a_lead(database, "l")

    def walk() -> None:
        with database.lead_tx("l") as tx, tallied(tx, "l") as tally:
            tally.changes[STEPS[0]] += 1
            tally.write(tx)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        walk()
    with database.read() as tx:
        assert numbers(tx) == {}


def test_who_comes_and_goes_leaves_nothing(database: Database) -> None:
    a_lead(database, "l")
    for change in (1, -1):
        with database.lead_tx("l") as tx, tallied(tx, "l") as tally:
            tally.changes[STEPS[0]] += change
    with database.read() as tx:
        assert numbers(tx) == {}
        assert numbers(tx, "f") == {}


def test_a_place_is_named_as_in_the_picture() -> None:
    rows = {"when:2": "a/b when:2", "whenever:1": "whenever:1", "goal": "goal", "then": "a/b then", None: None}
    for row, place in rows.items():
        assert place_in(Entry("e", "reacted", "a/b", 1, {"row": row})) == place
    assert place_in(Entry("e", "ended", "a/end-1", None, {"result": "won"})) == "a/end-1 end"
    assert place_in(Entry("e", "ended", None, None, {"result": "won"})) is None


def test_leads_are_spread_over_all_shards() -> None:
    assert {Tally(f"lead-{n}").shard for n in range(200)} == set(range(SHARDS))
