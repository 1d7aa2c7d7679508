"""The worker is killed with -9 while a file is taken in, and while it is undone: all is as if nothing had died."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kweek.intake.check_lead import Vocabulary
from kweek.intake.imports.asked import Asked, how_of
from kweek.intake.imports.csv_file import read_csv
from kweek.leads import imports, tables
from tests.chaos.conftest import Size
from tests.chaos.town import Town, strike, town
from tests.engine.house import until

pytestmark = pytest.mark.slow

PAUSE = (0.2, 0.8)  # seconds between a worker that works and its end


async def test_a_file_comes_in_once_and_goes_again(size: Size, tmp_path: Path, migrated_sqlite: Path) -> None:
    kills, people = (10, 20_000) if size.kills > 10 else (1, 1_000)
    async with town(tmp_path, "look-up", migrated_sqlite) as one:
        import_id = _store(one, people)
        one.start_worker()
        await one.worker_works()
        await strike(kills, PAUSE, lambda: _kill(one, lambda: _dealt_with(one, "waiting", people)))
        await until(lambda: _status(one, import_id) == "done", 300, "all are in")
        e, c, leads = tables.events.c, tables.companies.c, tables.leads.c
        assert _count(one, select(e.id).where(e.kind == "imported")) == people
        assert _count(one, select(leads.id)) == people - people // 10, "every tenth is somebody of a row above"
        assert _count(one, select(c.id)) == people // 20
        assert _counts(one, import_id) == {"made": people - people // 10, "changed": people // 10}
        assert _count(one, select(leads.id).where(leads.first_name == "Anna")) == people // 10
        imports.undo(one.house.database, import_id)
        await strike(kills, PAUSE, lambda: _kill(one, lambda: _dealt_with(one, "made", people)))
        await until(lambda: _status(one, import_id) == "undone", 300, "all are gone")
        assert one.kills == 2 * kills
        assert _counts(one, import_id) == {"undone": people}
        for table in (tables.leads, tables.events, tables.companies, tables.points, tables.consents):
            assert one.house.rows(select(table)) == [], table.name


def _store(one: Town, people: int) -> str:
    text = "E-mail,Voornaam,Bedrijf\n" + "".join(_rows(people))
    sheet = read_csv(text.encode())
    how = how_of(sheet, sheet, Asked(no_consent=True), Vocabulary())
    lines = ((line.number, line.cells) for line in sheet.lines())
    return imports.store(one.house.database, "crowd.csv", how.dump(), lines, one.house.now)


def _rows(people: int) -> Iterator[str]:
    """Every tenth row is about whoever stands nine rows above it."""
    for n in range(people):
        who, name = (n - 9, "Anna") if n % 10 == 9 else (n, "An")
        yield f"a{who}@there.example,{name},Acme {who // 20}\n"


async def _kill(one: Town, begun: Callable[[], bool]) -> None:
    await until(begun, 60, "some are dealt with")
    one.kill_worker()
    one.start_worker()
    await one.worker_works()


def _dealt_with(one: Town, status: str, people: int) -> bool:
    """Fewer have it than had it when this began."""
    rows = tables.import_rows.c
    return _count(one, select(rows.number).where(rows.status == status)) < people


def _status(one: Town, import_id: str) -> str:
    with one.house.database.read() as read:
        return imports.one(read, import_id).status


def _counts(one: Town, import_id: str) -> dict[str, int]:
    with one.house.database.read() as read:
        return dict(imports.progress(read, import_id).counts)


def _count(one: Town, query: Any) -> int:
    return one.house.count(query)
