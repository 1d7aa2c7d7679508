"""The rules hold from the moment in which they are saved; broken ones never do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from kweek.flow.catalogue import RULES
from kweek.leads.database import open_database
from kweek.leads.tables import metadata, problems
from kweek.rulebook import FRESH, Rulebook

ROOT = Path(__file__).parents[2]


class Folder:
    """A workspace that is written to, and a clock that is put forward until somebody looks."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.time = folder, 0.0
        shutil.copytree(ROOT / "rules", folder / "rules")
        self.database = open_database(f"sqlite:///{folder}/leads.db", make=True)
        metadata.create_all(self.database.engine)
        self.book = self.started()

    def started(self) -> Rulebook:
        return Rulebook(self.folder, self.database, lambda: self.time)

    def write(self, name: str, text: str) -> None:
        (self.folder / "rules" / name).write_text(text, "utf-8")

    def capacity(self) -> int | None:
        return self.book.now().rules.teams.queues["default"].capacity


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    made = Folder(tmp_path)
    yield made
    made.database.close()


NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEAMS = (ROOT / "rules" / "teams.yaml").read_text("utf-8")
FEWER = TEAMS.replace("capacity: 60 per day", "capacity: 7 per day")


def test_what_was_saved_holds_as_soon_as_somebody_looks(folder: Folder) -> None:
    folder.write("teams.yaml", FEWER)
    assert folder.capacity() == 60
    folder.time += FRESH + 0.1
    assert folder.capacity() == 7


def test_what_comes_with_an_event_is_scored_as_it_is_declared(folder: Folder) -> None:
    assert folder.book.now().ears.scores.events["quote.requested"]["surface"].kind == "number"


def test_broken_rules_are_not_taken(folder: Folder) -> None:
    before = folder.book.now()
    folder.write("teams.yaml", "queues: [")
    folder.time += FRESH + 0.1
    assert folder.book.now() is before
    folder.write("teams.yaml", FEWER)
    folder.time += FRESH + 0.1
    assert folder.capacity() == 7


def test_rules_that_ask_for_what_is_not_there_are_not_taken(folder: Folder) -> None:
    """They can be read, and would take points away from everybody."""
    before, scoring = folder.book.now(), (ROOT / "rules" / "scoring.yaml").read_text("utf-8")
    for slip in (("lead.job_title", "lead.job_titel"), ("when: newsletter.subscribed", "when: newsletter.asked")):
        folder.write("scoring.yaml", scoring.replace(*slip))
        folder.time += FRESH + 0.1
        assert folder.book.now() is before, slip
    folder.write("scoring.yaml", scoring.replace("interest: +10", "interest: +11"))
    folder.time += FRESH + 0.1
    assert folder.book.now() is not before


EMPTY = ("", "\n", "\ufeff# to be written\n---\n")


@pytest.mark.parametrize("name", RULES)
def test_a_file_that_is_emptied_or_goes_away_takes_nothing_from_anybody(folder: Folder, name: str) -> None:
    """Editors empty a file before they write it; files are moved."""
    path = folder.folder / "rules" / f"{name}.yaml"
    text = path.read_text("utf-8")
    folder.book.keep(NOW)
    before = folder.book.now()
    for said in (*EMPTY, None):
        path.unlink() if said is None else folder.write(path.name, said)
        folder.time += FRESH + 0.1
        assert folder.book.now() is before, said
        started = folder.started()
        assert started.now().rules == before.rules, "also for who starts meanwhile"
        folder.book.keep(NOW)
        started.keep(NOW)
    with folder.database.read() as tx:
        words = list(tx.execute(select(problems.c.words)).scalars())
    assert any(f"rules/{name}.yaml:1:1" in one and "says nothing" in one for one in words)
    assert any(f"no rules/{name}.yaml" in one for one in words)
    folder.write(path.name, f"{text}\n# again")
    folder.time += FRESH + 0.1
    assert folder.book.now() is not before


@pytest.mark.parametrize("name", [name for name in RULES if name not in ("workspace", "calendars")])
def test_that_there_is_none_any_more_can_be_said(folder: Folder, name: str) -> None:
    for other in RULES:  # what would name it
        if other not in ("workspace", "calendars"):
            folder.write(f"{other}.yaml", "{}\n")
    folder.time += FRESH + 0.1
    in_force = folder.book.now()
    folder.book.keep(NOW)
    assert (in_force.rules.personas, in_force.rules.events, in_force.rules.scoring.rules) == ({}, {}, ())
    (folder.folder / "rules" / f"{name}.yaml").unlink()
    folder.time += FRESH + 0.1
    assert folder.book.now() is not in_force, "nothing is lost by that"


def test_rules_that_gave_points_do_not_end_because_the_file_lacks_them(folder: Folder) -> None:
    before = folder.book.now()
    text = (ROOT / "rules" / "scoring.yaml").read_text("utf-8")
    folder.write("scoring.yaml", text.partition("rules:")[0])
    folder.time += FRESH + 0.1
    assert folder.book.now() is before
    folder.write("scoring.yaml", "{}")
    folder.time += FRESH + 0.1
    assert folder.book.now().rules.scoring.rules == ()


def test_a_workspace_that_never_had_points_needs_no_file_of_them(tmp_path: Path) -> None:
    made = Folder(tmp_path)
    with closing(open_database(f"sqlite:///{tmp_path}/others.db", make=True)) as database:
        metadata.create_all(database.engine)
        (tmp_path / "rules" / "scoring.yaml").unlink()
        book = Rulebook(tmp_path, database, lambda: made.time)
        assert (book.now().rules.scoring.rules, bool(book.now().rules.events)) == ((), True)
        book.keep(NOW)
        made.write("teams.yaml", FEWER)
        made.time += FRESH + 0.1
        assert book.now().rules.teams.queues["default"].capacity == 7
    made.database.close()


def test_nothing_is_read_again_while_nothing_changes(folder: Folder) -> None:
    first = folder.book.now()
    folder.time += 3 * FRESH
    assert folder.book.now() is first


def test_who_starts_while_they_are_broken_goes_on_with_the_last_sound_ones(folder: Folder) -> None:
    folder.write("teams.yaml", FEWER)
    folder.book = folder.started()
    folder.book.keep(NOW)
    folder.write("teams.yaml", "queues: [")
    folder.book = folder.started()
    assert folder.capacity() == 7
    folder.book.keep(NOW)  # keeps nothing broken
    folder.book = folder.started()
    assert folder.capacity() == 7


def test_where_nothing_was_ever_sound_what_can_be_read_is_taken(folder: Folder) -> None:
    folder.write("teams.yaml", "queues: [")
    in_force = folder.started().now()
    assert (in_force.rules.teams.queues, bool(in_force.rules.events)) == ({}, True)


def test_that_they_are_broken_is_a_problem_on_the_first_page_once_though_every_worker_sees_it(folder: Folder) -> None:
    other = folder.started()
    folder.write("teams.yaml", "queues: [")
    folder.time += FRESH + 0.1
    for book in (folder.book, other, folder.book, folder.started()):
        book.now()
        book.keep(NOW)
    with folder.database.read() as tx:
        [problem] = tx.execute(select(problems.c.code, problems.c.words, problems.c.lead_id)).all()
    assert (problem.code, problem.lead_id) == ("rules broken", None)
    assert problem.words.startswith("rules/teams.yaml:1:")
    assert "The rules of before go on" in problem.words


def test_an_edited_calendar_knows_what_it_was_in_every_process_and_after_a_start(folder: Folder) -> None:
    other = folder.started()
    folder.book.keep(NOW)
    calendars = (ROOT / "rules" / "calendars.yaml").read_text("utf-8")
    folder.write("calendars.yaml", calendars.replace("closed: [2026-12-24", "closed: [2026-03-03, 2026-12-24"))
    folder.time += FRESH + 0.1
    for book in (folder.book, other):
        book.now()
        book.keep(NOW)  # each may be the first
    for book in (folder.book, other, folder.started()):
        office = book.now().world.calendar
        assert office is not None
        assert (office.since, date(2026, 3, 3) in office.closed) == (NOW, True)
        assert office.was is not None
        assert (office.was.since, date(2026, 3, 3) in office.was.closed) == (None, False)
        assert book.now().world.calendars["mail-hours"].was is None, "that one was not edited"
    folder.write("teams.yaml", FEWER)
    folder.time += FRESH + 0.1
    office = folder.book.now().world.calendar
    assert office is not None
    assert office.since == NOW, "another file was edited"
