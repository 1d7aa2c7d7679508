"""The worker is killed with -9 while all leads are rescored: in the end all is as if nothing had died."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from kweek.leads import tables
from tests.chaos.conftest import Size
from tests.chaos.town import WORKSPACE, Town, town
from tests.engine.house import until
from worker import rescore_all

pytestmark = pytest.mark.slow

SCORING = """
grades:
  engagement: { 1: 40, 2: 20, 3: 10 }
rules:
  - because: looked around
    when: page.viewed
    interest: +6
    at_most: 15
  - because: told us the job title
    if: known(lead.job_title)
    profile: +5
"""


async def test_whoever_is_rescored_is_rescored_once(size: Size, tmp_path: Path, migrated_sqlite: Path) -> None:
    kills, leads = (10, 30_000) if size.kills > 10 else (3, 6_000)
    async with town(tmp_path, "look-up", migrated_sqlite) as one:
        _rules(one, tmp_path / "rules-of-ours")
        _crowd(one, leads)
        one.start_worker()
        await one.worker_works()
        handle = await rescore_all(one.client)
        left = [await _kill(one, leads * nth // (kills + 2)) for nth in range(1, kills + 1)]
        found = await handle.result()
        assert one.kills == kills
        assert left == sorted(set(left), reverse=True), "each got on before it died"
        assert leads > left[0]
        assert left[-1] > 0, "and the last one, too, left work behind"
        assert found.done
        assert found.failed == 0
        assert (found.leads, found.changed) == (leads, leads)
        p, lead = tables.points.c, tables.leads.c
        given = one.house.rows(select(p.axis, func.count(), func.sum(p.points)).group_by(p.axis).order_by(p.axis))
        half = leads // 2
        assert list(map(tuple, given)) == [("interest", 3 * leads, 15 * leads), ("profile", half, 5 * half)]
        grades = (lead.profile, lead.engagement, lead.graded)
        graded = one.house.rows(select(*grades, func.count()).group_by(*grades))
        assert list(map(tuple, graded)) == [("C", 3, "C3", leads)]
        again = await (await rescore_all(one.client)).result()
        assert (again.leads, again.changed) == (leads, 0)


def _rules(one: Town, folder: Path) -> None:
    shutil.copytree(WORKSPACE, folder)
    (folder / "rules" / "scoring.yaml").write_text(SCORING, encoding="utf-8")
    events = folder / "rules" / "events.yaml"
    events.write_text(events.read_text(encoding="utf-8") + "\npage.viewed:\n", encoding="utf-8")
    one.house.settings = replace(one.house.settings, workspace=folder)


def _crowd(one: Town, count: int) -> None:
    """Each looked at three pages; every other has a job."""
    at = one.house.clock.anchor_flow
    people = [
        {"id": f"l{n:06}", "created_at": at, "fields": {}, "seq": 3, "job_title": "grower" if n % 2 else None}
        for n in range(count)
    ]
    with one.house.database.write() as tx:
        tx.execute(insert(tables.leads), people)
        for start in range(0, count, 2_000):
            rows = [
                {
                    "lead_id": person["id"], "seq": seq, "id": f"{person['id']}/{seq}", "kind": "page.viewed",
                    "at": at + timedelta(minutes=seq), "recorded_at": at, "data": {},
                }
                for person in people[start : start + 2_000]
                for seq in (1, 2, 3)
            ]  # fmt: skip
            tx.execute(insert(tables.events), rows)


async def _kill(one: Town, done: int) -> int:
    """As soon as so many are rescored; how many are left then. A pause may be too long for a quick machine."""
    await until(lambda: _rescored(one) >= done, 60, f"{done} are rescored")
    one.kill_worker()
    left = one.house.count(select(tables.leads.c.id)) - _rescored(one)
    one.start_worker()
    await one.worker_works()
    return left


def _rescored(one: Town) -> int:
    return one.house.count(select(tables.leads.c.id).where(tables.leads.c.graded.is_not(None)))
