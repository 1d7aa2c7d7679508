"""Whoever asks how a house is hears what brings a part back, and what is not known of a lead that was let go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from kweek.checkup.finding import Finding
from kweek.checkup.parts import check_all, start_it
from kweek.checkup.ring import release_held
from kweek.config import Settings, settings
from kweek.leads import tables
from kweek.leads.clock import TempoError, flow_clock, pace
from kweek.leads.database import open_database
from kweek.leads.enrolments import hold
from kweek.leads.migrate import migrate
from kweek.running import alone_in
from tests.engine.servers import free_port
from tests.store.making import a_lead


def test_where_nothing_runs_all_of_it_is_started(tmp_path: Path) -> None:
    house = settings({}, tmp_path)
    assert "`kweek up`" in start_it(house, "temporal_address")
    assert "`kweek up`" in start_it(house, "smtp_url")
    assert "`kweek web`" in start_it(house, "base_url")


def test_where_a_house_runs_its_logs_say_more(tmp_path: Path) -> None:
    house = settings({}, tmp_path)
    with alone_in(house):
        assert start_it(house, "smtp_url") == f"`kweek up` is at it: {house.data / 'logs'} says why it does not serve"
    assert "(the whole house)" in start_it(house, "smtp_url")


def of_mail(house: Settings) -> Finding:
    return next(one for one in check_all(house) if one.part == "mail")


def test_who_was_not_told_of_the_relay_does_not_say_that_it_is_away(tmp_path: Path) -> None:
    """Where the house mails by a relay, doctor looks at a catcher that is not there, and never will be."""
    said = {"KWEEK_DATA": str(tmp_path / "data")}
    relay = {"KWEEK_SMTP_URL": f"smtp://127.0.0.1:{free_port()}"}
    nowhere = f"catcher://127.0.0.1:{free_port()}"
    untold = replace(settings(said, tmp_path), smtp_url=nowhere)
    with alone_in(settings(said | relay, tmp_path)):
        found = of_mail(untold)
        assert found.state == "attention"
        assert found.words.startswith(f"does not answer at {nowhere.removeprefix('catcher://')} (")
        assert found.do == "the `kweek up` here mails by another relay: set KWEEK_SMTP_URL for doctor as for `kweek up`"
        told = of_mail(settings(said | relay, tmp_path))
        assert (told.state, told.do) == ("away", "start it, or set KWEEK_SMTP_URL; until then mails wait")
    assert of_mail(untold).state == "away", "nothing runs here"


def test_what_runs_elsewhere_its_owner_starts(tmp_path: Path) -> None:
    house = settings({"KWEEK_TEMPORAL_ADDRESS": "t.example", "KWEEK_BASE_URL": "https://x.example"}, tmp_path)
    assert start_it(house, "temporal_address") == "start it"
    assert "`kweek web`" in start_it(house, "base_url")


@pytest.mark.parametrize(
    ("tempo", "words"),
    [
        (1, "the pace of the world"),
        (17_280, "5 seconds a day"),
        (86_400, "1 second a day"),
        (100_000, "0.864 seconds a day"),
    ],
)
def test_a_pace_is_said_as_it_is_written(tempo: float, words: str) -> None:
    assert pace(tempo) == words


def test_a_lead_that_is_let_go_is_one_of_which_not_all_is_known(tmp_path: Path) -> None:
    house = settings({"KWEEK_DATA": str(tmp_path)}, tmp_path)
    database = open_database(house.database_url, make=True)
    migrate(database.engine)
    for lead in ("one", "other"):
        a_lead(database, lead)
    with database.write() as tx:
        hold(tx, "one", "The database is older than this lead's workflow (turn 3 of 9)", 9)
    assert release_held(house) == 1
    assert release_held(house) == 0
    with database.read() as tx:
        (told,) = tx.execute(select(tables.problems)).all()
    assert (told.lead_id, told.code) == ("one", "let go")
    assert "(turn 3 of 9). It was let go all the same: whether it unsubscribed in between is not known" in told.words
    database.close()


def test_another_pace_is_refused_in_the_words_in_which_it_was_chosen(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'kweek.db'}", make=True)
    migrate(database.engine)
    assert flow_clock(database, 17_280).tempo == 17_280
    with pytest.raises(TempoError, match="live at 5 seconds a day, not at 20 seconds a day"):
        flow_clock(database, 4_320)
    database.close()
