"""Does a lead walk what was published, for as long as it walks?"""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from kweek.cli import main
from kweek.flow.problems import BrokenSourceError
from kweek.leads import publish as module
from kweek.leads import tables
from kweek.leads.database import Database, open_database
from kweek.leads.publish import Drift, NoSuchVersionError, drift, pause, paused, plan, publish, published, standing
from kweek.versions import plan_of
from tests.store.making import NOW, a_lead


def source(days: int = 7, flow: str = "trial") -> dict[str, str]:
    text = f"flow: {flow}\ntitle: Trial\nstart: trial.requested\nsteps:\n  - wait: {days} days\n  - end: done\n"
    return {f"flows/{flow}.yaml": text}


def test_versions_are_counted_and_the_same_text_is_one(database: Database) -> None:
    first = publish(database, source(7), "trial", "anna", NOW)
    again = publish(database, source(7), "trial", "bert", NOW)
    second = publish(database, source(5), "trial", "anna", NOW)
    back = publish(database, source(7), "trial", "anna", NOW)
    other = publish(database, source(7, "other"), "other", "anna", NOW)
    assert [(one.number, one.fresh) for one in (first, again, second, back, other)] == [
        (1, True), (1, False), (2, True), (1, False), (1, True),
    ]  # fmt: skip
    assert first.hash == again.hash == back.hash != second.hash
    with database.read() as tx:
        assert [(row.flow, row.version, row.number) for row in published(tx)] == [
            ("other", other.hash, 1), ("trial", first.hash, 1),
        ]  # fmt: skip


def test_an_old_version_is_walked_as_it_was(database: Database) -> None:
    old = publish(database, source(7), "trial", "anna", NOW)
    publish(database, source(5), "trial", "anna", NOW)
    module._plans.clear()  # as in a process that starts anew
    walked = plan(database, old.hash)
    assert walked.version == old.hash
    assert walked.steps == plan_of(source(7)).steps
    assert walked.steps != plan_of(source(5)).steps
    assert plan(database, old.hash) is walked
    with pytest.raises(NoSuchVersionError):
        plan(database, "none")


def test_what_cannot_be_walked_is_not_published(database: Database) -> None:
    with pytest.raises(BrokenSourceError):
        publish(database, {"flows/trial.yaml": "flow: trial\nsteps: nonsense\n"}, "trial", "anna", NOW)
    with database.read() as tx:
        assert published(tx) == []
        assert tx.execute(select(tables.versions)).all() == []


def test_files_that_differ_from_what_is_published_are_named(database: Database) -> None:
    for flow in ("same", "changed", "gone"):
        publish(database, source(7, flow), flow, "anna", NOW)
    drafts = {"same": source(7, "same"), "changed": source(5, "changed"), "new": source(7, "new")}
    with database.read() as tx:
        assert drift(tx, drafts) == [Drift("changed", "changed"), Drift("gone", "gone"), Drift("new", "new")]


def test_a_pause_is_a_row_and_publishing_does_not_end_it(database: Database) -> None:
    publish(database, source(7), "trial", "anna", NOW)
    with database.write() as tx:
        assert pause(tx, "trial", NOW)
        assert not pause(tx, "nobody", NOW)
    publish(database, source(5), "trial", "anna", NOW)
    with database.write() as tx:
        assert paused(tx, "trial")
        pause(tx, "trial", None)
        assert not paused(tx, "trial")


def test_two_who_publish_at_once_get_two_numbers(database: Database) -> None:
    numbers: list[int] = []

    def work(days: int) -> None:
        numbers.append(publish(database, source(days), "trial", "anna", NOW).number)

    threads = [threading.Thread(target=work, args=(days,)) for days in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(numbers) == [1, 2, 3, 4, 5]


def test_who_is_on_the_way_is_counted_by_version(database: Database) -> None:
    old = publish(database, source(7), "trial", "anna", NOW)
    new = publish(database, source(5), "trial", "anna", NOW)
    for n, version in enumerate((old, old, new)):
        lead = a_lead(database, f"lead{n}")
        row = {"id": f"{lead}-1", "lead_id": lead, "flow": "trial", "version": version.hash, "step": "steps/wait-1"}
        with database.write() as tx:
            tx.execute(insert(tables.enrolments).values(**row, started_at=NOW, state={}, live=True))
    with database.read() as tx:
        assert [(one.number, one.step, one.leads, one.current) for one in standing(tx, "trial")] == [
            (2, "steps/wait-1", 1, True), (1, "steps/wait-1", 2, False),
        ]  # fmt: skip


# --- the command ---------------------------------------------------------------------------------------


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_sqlite: Path) -> Path:
    (tmp_path / "data").mkdir()
    shutil.copy(migrated_sqlite, tmp_path / "data/kweek.db")
    (tmp_path / "flows").mkdir()
    (tmp_path / "rules").mkdir()
    settings = "name: Acme\nlanguages: [en]\ntimezone: Europe/Amsterdam\n"
    (tmp_path / "rules/workspace.yaml").write_text(settings)
    (tmp_path / "rules/events.yaml").write_text("trial.requested:\n  soft: true\n")
    write(tmp_path, 7)
    monkeypatch.setenv("KWEEK_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("KWEEK_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(workspace: Path, days: int) -> None:
    for path, text in source(days).items():
        (workspace / path).write_text(text)


def test_publish_makes_versions_and_says_who_stays(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["publish", "--by", "anna"]) == 0
    assert "trial: version 1, published" in capsys.readouterr().out
    db = open_database(f"sqlite:///{workspace}/data/kweek.db")
    with db.write() as tx:
        hash = published(tx)[0].version
        tx.execute(insert(tables.leads).values(id="l", created_at=NOW, fields={}))
        row = {"id": "l-1", "lead_id": "l", "flow": "trial", "version": hash, "step": "steps/wait-1"}
        tx.execute(insert(tables.enrolments).values(**row, started_at=NOW, state={}, live=True))
    db.close()
    assert main(["publish"]) == 0
    assert "trial: version 1, unchanged" in capsys.readouterr().out
    write(workspace, 5)
    assert main(["publish", "trial"]) == 0
    said = capsys.readouterr().out
    assert "trial: version 2, published" in said
    assert "1 lead stays on version 1: 1 at steps/wait-1" in said


def test_publish_refuses_flows_with_errors_all_of_them(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = source(7, "broken")["flows/broken.yaml"].replace("end: done", "go: nowhere")
    (workspace / "flows/broken.yaml").write_text(broken)
    assert main(["publish"]) == 1
    said = capsys.readouterr()
    assert "flows/broken.yaml:6:" in said.err
    assert "Nothing is published: 1 error." in said.err
    nothing = open_database(f"sqlite:///{workspace}/data/kweek.db")
    with nothing.read() as tx:
        assert not published(tx)
    nothing.close()
    assert main(["publish", "trial"]) == 0  # the other one is sound
    assert main(["publish", "trail"]) == 2
    assert "Did you mean “trial”?" in capsys.readouterr().err
