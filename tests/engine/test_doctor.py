"""`kweek doctor` at a house that runs: it sees who lost its workflow, and rings all of them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kweek.leads import tables
from tests.engine.servers import free_port
from tests.engine.up_house import KWEEK, ROOT, Up, Visitor, kweek, up, wait_for

pytestmark = pytest.mark.slow


def doctor(house: Up, *words: str) -> tuple[int, dict[str, Any]]:
    said = {**house.environment, "KWEEK_TEMPORAL_ADDRESS": house.temporal, "KWEEK_BASE_URL": house.base}
    done = kweek("doctor", *words, "--json", "--data", str(house.data), cwd=house.folder, **said)
    assert "Traceback" not in done.stderr
    findings = json.loads(done.stdout)["findings"]
    return done.returncode, {finding["part"]: finding for finding in findings if finding["state"] != "well"}


def ask_for_a_brochure(visitor: Visitor) -> None:
    mail = {"channel": "email", "purpose": "advice", "words": "Yes", "source": "website"}
    lead = {"external_id": "one", "email": "one@there.example", "consents": [mail]}
    visitor.post("/api/events", {"id": "1", "type": "brochure.requested", "lead": lead})


def statuses(visitor: Visitor) -> list[str]:
    return [row.status for row in visitor.rows(select(tables.mails.c.status))]


@contextmanager
def catcher(house: Up, port: int) -> Iterator[None]:
    """The relay that was away, come back."""
    said = {**os.environ, "KWEEK_SMTP_URL": f"catcher://127.0.0.1:{port}", "PYTHONPATH": str(ROOT)}
    command = [*KWEEK, "catcher", "--data", str(house.data)]
    process = subprocess.Popen(command, cwd=house.folder, env=said)
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(20) == 0


def test_a_mail_on_its_way_survives_the_loss_of_temporals_database(tmp_path: Path) -> None:
    """Nothing of it is due, and no event is unheard: only its workflow is gone."""
    relay = free_port()
    with up(tmp_path, "2 seconds a day", KWEEK_SMTP_URL=f"smtp://127.0.0.1:{relay}") as house:
        house.says("Kweek is up")
        visitor = Visitor(house)
        ask_for_a_brochure(visitor)
        wait_for(lambda: statuses(visitor) == ["claimed"], 60, "the mail wants to leave, and cannot")
        assert doctor(house)[1].keys() == {"mail"}
        assert house.stop() == 0
        for file in house.data.glob("temporal.db*"):
            file.unlink()
        house.start()
        house.says("Kweek is up")
        _, wrong = doctor(house)
        assert wrong["workflows"]["words"].startswith("1 of 1 leads on their way have no workflow")
        assert wrong["workflows"]["do"] == "kweek doctor --ring all"
        doctor(house, "--ring", "all")
        wait_for(lambda: doctor(house)[1].keys() == {"mail"}, 20, "it has a workflow again")
        with catcher(house, relay):
            wait_for(lambda: statuses(visitor) == ["sent"], 120, "the mail leaves")
        assert visitor.count(select(tables.caught)) == 1
        visitor.close()
        assert house.stop() == 0
