"""`kweek export`: the same list on the command line, for Excel, for a pipe and for a program."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from sqlalchemy import insert

from kweek.cli import main
from kweek.leads import tables
from kweek.leads.database import open_database
from tests.store.making import NOW, a_lead

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def the_house(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KWEEK_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("KWEEK_WORKSPACE", str(ROOT))
    database = open_database(sqlite_url)
    a_lead(database, "ann", name="Ann", fields={"building": "=1"}, profile="A", engagement=1)
    a_lead(database, "bas", name="Étienne")
    with database.write() as tx:
        tx.execute(insert(tables.campaigns).values(id="vakbeurs", title="Vakbeurs", created_at=NOW))
    database.close()


def test_a_file_for_excel(tmp_path: Path) -> None:
    assert main(["export", "--separator", ";", "-o", "leads.csv"]) == 0
    raw = (tmp_path / "leads.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfkweek_id;external_id;email;name;")
    assert raw.count(b"\r\n") == 3
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert [(row["name"], row["grade"], row["building"]) for row in rows] == [
        ("Étienne", "C4", ""),
        ("Ann", "A1", "'=1"),
    ]


def test_lines_for_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--grade", "A1", "--json"]) == 0
    [line] = capsys.readouterr().out.splitlines()
    ann = json.loads(line)
    assert (ann["kweek_id"], ann["grade"], ann["building"], ann["phone"]) == ("ann", "A1", "=1", None)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--grade", "A9"], "--grade: there is no grade “A9”. Did you mean “A"),
        (["--stage", "custommer"], "Did you mean “customer”?"),
        (["--flow", "nosuch"], "--flow: no flow “nosuch” was ever published."),
        (["--campaign", "vakbeurss"], "--campaign: there is no campaign “vakbeurss”. Did you mean “vakbeurs”?"),
        (["-o", "nowhere/leads.csv"], "there is no folder nowhere"),
    ],
)
def test_a_slip_is_said(capsys: pytest.CaptureFixture[str], words: list[str], says: str) -> None:
    assert main(["export", *words]) == 2
    assert says in capsys.readouterr().err
