"""A mail that the gate held and then let go is on its way: others wait for it again, as if it had never been held."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from kweek.flow.duration import parse_duration
from kweek.flow.plan import Limit
from kweek.leads import tables
from kweek.leads.mailing import order_of, overtakes
from tests.drafts import flow, send, wait
from tests.flows_of_chance import Doing
from tests.lives_in_rows import RowLife, town

PAUSE = Doing("pause", 0)  # and again: it goes on


@pytest.fixture
def life(tmp_path: Path, sqlite_url: str) -> Iterator[RowLife]:
    """Two mails, one after the other, held by a pause and then let go; one a week may leave."""
    plan = flow("one", [send("first"), send("second"), wait("500 weeks")], limit=Limit(1, parse_duration("7 days")))
    other = flow("two", [wait("1 hour")], start=())
    with town(tmp_path, sqlite_url) as place, place.begin((plan, other)) as life:
        life.happens(PAUSE)
        life.happens(Doing("own", 0))
        assert life.turn().start == []
        assert waiting(life) == [("lead-1/1", "paused"), ("lead-1/2", "paused")]
        life.happens(PAUSE)
        life.turn()
        yield life


def waiting(life: RowLife) -> list[tuple[str, str | None]]:
    return [(row.key, row.waits_for) for row in life.house.rows(select(tables.effects))]


def test_it_counts_for_the_limit_of_those_behind_it(life: RowLife) -> None:
    assert life.answer.start == ["send_mail lead-1/1"]
    assert waiting(life) == [("lead-1/1", None), ("lead-1/2", "limit")]


def test_no_later_mail_of_its_flow_overtakes_it(life: RowLife) -> None:
    with life.house.database.read() as tx:
        second = order_of(tx, "lead-1/2")
        assert second is not None
        assert overtakes(tx, second, "marketing")
