"""`kweek demo`: make-believe people in a real house, which is empty again at the next start."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kweek.leads import tables
from kweek.leads.database import open_database
from tests.engine.up_house import Up, alive, children_of, kweek, wait_for

pytestmark = pytest.mark.slow

FEW = ("demo", "--leads", "30", "--days", "12", "--only")
ALL_WELL = re.compile(
    r"([1-9]\d+) numbers on the pages, of which 0 differ from the rows; (\d+) leads on their way, "
    r"\2 workflows in Temporal; 0 leads are stuck."
)


def test_people_come_are_followed_up_and_leave_nothing_running(tmp_path: Path) -> None:
    house = Up(tmp_path, "2 seconds a day", command=FEW)
    (house.data / "logs").mkdir(parents=True)
    (house.data / "demo").touch()
    (house.data / "kweek.db").write_bytes(b"what an earlier demo left")
    try:
        house.start().says("Do pages, rows and Temporal agree?")
        house.says("The house stays open", 180)
        below = children_of(house.pid)
        assert house.stop() == 0
    finally:
        house.kill()
    wait_for(lambda: not any(map(alive, below)), 10, "all parts end")
    assert ALL_WELL.search(house.terminal)
    assert "Refused" not in house.terminal
    database = open_database(f"sqlite:///{house.data / 'kweek.db'}")
    with database.read() as read:
        leads = read.execute(select(tables.leads.c.external_id)).scalars().all()
        kinds = set(read.execute(select(tables.events.c.kind)).scalars())
        left = read.execute(select(func.count()).where(tables.mails.c.status == "sent")).scalar_one()
    database.close()
    assert sorted(leads) == sorted(f"demo-{n}" for n in range(1, len(leads) + 1))
    assert len(leads) == 30
    assert kinds >= {"sent", "accepted", "contacted"}
    assert left > 0


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letters.txt").write_text("dear")
    refused = kweek("demo", "--data", str(mine), cwd=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr == f"kweek demo: {mine} holds something else than a demo; choose another folder with --data\n"
    assert (mine / "letters.txt").read_text() == "dear"
