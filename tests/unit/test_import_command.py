"""`kweek import` and `kweek imports`, as people and scripts use them."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from kweek.cli import main
from kweek.intake.incoming import ConsentIn, Incoming, LeadIn
from kweek.intake.record import record
from kweek.intake.suppress import suppress_lead
from kweek.leads import imports
from kweek.leads.database import Database, open_database
from tests.store.imported import imported
from tests.store.making import NOW

ROOT = Path(__file__).parents[2]
FILE = "Naam;E-mail;Contract_end\nJan;jan@example.com;3-4-2026\nPiet;piet@;4-4-2026\nJan;JAN@example.com;\n"
PERMISSION = {"no_consent": False, "consent": "You may.", "purpose": "advice"}


@pytest.fixture
def fair(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file beside a database that is the settings'."""
    monkeypatch.setenv("KWEEK_DATABASE_URL", f"sqlite:///{tmp_path / 'leads.db'}")
    monkeypatch.setenv("KWEEK_WORKSPACE", str(ROOT))
    monkeypatch.setenv("KWEEK_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "fair.csv"
    file.write_bytes(FILE.encode("cp1252"))
    return file


def test_a_file_is_tried_for_people(fair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "fair.csv", "--try", "--errors", "wrong.csv"]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == "3 rows: 1 new, 0 changed, 1 the same, 1 refused."
    assert "row 2: E-mail “piet@”: this is not an e-mail address" in said.out
    assert "Contract_end  contract_end" in said.err
    with (fair.parent / "wrong.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file, delimiter=";"))[1][:3] == ["Piet", "piet@", "4-4-2026"]


def test_and_for_programs(fair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fair.write_text(FILE.replace("piet@;", "piet@example.com;"), encoding="utf-8")
    assert main(["import", "fair.csv", "--try", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {name: told[name] for name in ("rows", "made", "same", "refused", "again", "separator")} == {
        "rows": 3, "made": 2, "same": 1, "refused": 0, "again": 1, "separator": ";",
    }  # fmt: skip
    assert told["outcomes"][2] == {"row": 3, "becomes": "same", "same_as_row": 1}


def test_what_was_left_out_is_told(fair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fair.write_text("Beurs 2026;;\n\nRelatie;Naam;E-mail\nAcme;Jan;jan@example.com\n;;\n", encoding="utf-8")
    assert main(["import", "fair.csv", "--try"]) == 0
    said = capsys.readouterr().err
    assert "1 rows, utf-8, separated by “;”; 2 rows above the headings left out; 1 empty row left out" in said
    assert "may be a company's, or this file's own, and does not say who somebody is" in said


def test_addresses_change_only_where_somebody_says_so(fair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = open_database(f"sqlite:///{fair.parent / 'leads.db'}")
    try:
        record(database, Incoming("form", "form.sent", NOW, LeadIn(email="jan@example.com", external_id="7")), NOW)
    finally:
        database.close()
    fair.write_text("Nummer;E-mail\n7;piet@example.com\n", encoding="utf-8")
    asked = ["import", "fair.csv", "--try", "--map", "Nummer=external_id"]
    assert main(asked) == 1
    assert "row 1: the id “7” is known with another address, jan@example.com" in capsys.readouterr().out
    assert main([*asked, "--change-addresses"]) == 0
    assert "What changes: email 1." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        ([], 2, "--no-consent"),
        (["--no-consent", "--map", "Naam=nam"], 2, "did you mean “name”"),
        (["--no-consent", "--map", "Naam"], 2, "says no column and field"),
        (["--consent", "x", "--purpose", "nonsense"], 2, "no mail asks consent for “nonsense”"),
        (["--no-consent", "--flow", "nowhere"], 2, "no flow “nowhere” is published"),
        (["--no-consent", "--encoding", "klingon"], 1, "no encoding “klingon”"),
        (["--no-consent", "--errors", "nowhere/x.csv"], 2, "there is no folder nowhere"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_stored(
    fair: Path, capsys: pytest.CaptureFixture[str], options: list[str], code: int, says: str
) -> None:
    assert main(["import", "fair.csv", *options]) == code
    assert says in capsys.readouterr().err
    assert main(["imports", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_file_that_is_not_there(fair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "other.csv", "--try"]) == 1
    assert "other.csv" in capsys.readouterr().err


def test_imports_are_listed_stopped_and_refused_rows_written(fair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = open_database(f"sqlite:///{fair.parent / 'leads.db'}")
    try:
        how = {"columns": [{"heading": "Naam", "target": "name", "why": {"key": "column.named"}}]}
        import_id = imports.store(database, "fair.csv", how, [(1, ("Jan",))], NOW)
        with database.write() as tx:
            why = [{"column": "Naam", "cell": "Jan", "words": "no"}]
            imports.change_rows(tx, import_id, [{"number": 1, "status": "refused", "why": why}])
    finally:
        database.close()
    assert main(["imports"]) == 0
    assert f"{import_id}  2026-03-02 09:00  running    fair.csv: 1 rows, 1 refused" in capsys.readouterr().out
    assert main(["imports", import_id, "--stop", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "stopped"
    assert main(["imports", import_id, "--stop"]) == 1
    assert "is stopped, not running or enrolling" in capsys.readouterr().err
    assert main(["imports", import_id, "--errors", "wrong.csv"]) == 0
    assert "Jan;Naam “Jan”: no" in (fair.parent / "wrong.csv").read_text("utf-8-sig")
    capsys.readouterr()
    assert main(["imports", "nothing"]) == 2
    assert main(["imports", "--undo"]) == 2


def test_whose_permission_was_taken_back_is_counted_and_listed(fair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = open_database(f"sqlite:///{fair.parent / 'leads.db'}")
    jan = LeadIn(email="jan@example.com", consents=(ConsentIn("email", "advice", "Yes.", "form"),))
    try:
        lead_id = record(database, Incoming("form", "form.sent", NOW, jan), NOW).lead_id
        with database.write() as tx:
            suppress_lead(tx, lead_id, "email", "unsubscribed", NOW, str)
        import_id = imported(database, "E-mail\njan@example.com\n", **PERMISSION)
    finally:
        database.close()
    why = "the permission was taken back before, and this file does not give it again"
    assert main(["imports", import_id]) == 0
    said = capsys.readouterr().out
    assert "1 without the permission, which was taken back before:\n" in said
    assert said.splitlines()[2] == f"  row 1, lead {lead_id}: {why}"
    assert main(["imports", import_id, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["took_back"] == 1
    fair.write_text("E-mail\njan@example.com\n", encoding="utf-8")
    asked = ["import", "fair.csv", "--try", "--consent", "You may.", "--purpose", "advice"]
    assert main(asked) == 0
    assert f"1 of them: {why}.\n" in capsys.readouterr().out
    assert main([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["took_back"], told["outcomes"]) == (1, [{"row": 1, "becomes": "same", "took_back": True}])


def test_the_manual_is_right(fair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What docs/import.md shows of its file is what its command says."""
    page = (ROOT / "docs" / "import.md").read_text("utf-8")
    file, said = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    fair.write_text(file, "utf-8")
    assert main(["import", "fair.csv", "--try"]) == 1
    assert capsys.readouterr().out == said
