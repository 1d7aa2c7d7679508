"""`kweek outgoing`: who keeps the other program learns its secret, and whether what we send arrives."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from kweek.cli import main
from kweek.leads import deliveries
from kweek.leads.database import open_database
from kweek.secret import make_secret
from tests.engine.http_server import OK, Program, answer, listening

RULES = """\
name: Here
languages: [nl]
timezone: UTC
channels: {{ floor: teams, attic: slack }}
webhooks:
  crm: {{ url: "{url}" }}
"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_secret(tmp_path / "secret")
    monkeypatch.setenv("KWEEK_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("KWEEK_DATA", str(tmp_path))
    monkeypatch.setenv("KWEEK_OUTGOING_ALLOW", "127.0.0.1")
    monkeypatch.delenv("KWEEK_CHANNEL_FLOOR", raising=False)
    return tmp_path


def write(house: Path, program: Program) -> None:
    (house / "rules").mkdir()
    (house / "rules/workspace.yaml").write_text(RULES.format(url=program.url))


async def outgoing(*words: str) -> int:
    return await asyncio.to_thread(main, ["outgoing", *words])


async def test_a_webhook_is_tried_with_the_secret_that_is_shown(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with listening(OK, answer(410, b"gone")) as crm:
        write(house, crm)
        assert await outgoing("crm") == 0
        secret = capsys.readouterr().out.strip()
        assert await outgoing("crm", "--try") == 0
        sent = Webhook(secret).verify(crm.got[0].body, crm.got[0].headers)
        assert (sent["type"], sent["data"]) == ("webhook.tried", {"webhook": "crm"})
        assert await outgoing("crm", "--try") == 1
        told = capsys.readouterr().err
        assert "crm: not taken (http 410) gone" in told
        assert "write its new address (rules/workspace.yaml)" in told


@pytest.mark.parametrize("words", [("crm",), ("crm", "--try")])
async def test_before_there_is_a_secret_it_is_said_who_makes_one(
    house: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    async with listening(OK) as crm:
        write(house, crm)
        (house / "secret").unlink()
        assert await outgoing(*words) == 2
        assert "a new installation gets one by `kweek up` or `kweek migrate`" in capsys.readouterr().err
        assert crm.got == []


async def test_a_channel_is_tried_and_what_is_missing_is_said(
    house: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listening(answer(202)) as chat:
        write(house, chat)
        monkeypatch.setenv("KWEEK_CHANNEL_FLOOR", f"{chat.url}/of-the-floor")
        assert await outgoing("floor", "--try") == 0
        assert chat.got[0].json["attachments"][0]["content"]["actions"][0]["title"] == "Openen in Kweek"
        capsys.readouterr()
        assert await outgoing("--json") == 1
        ways = {way["name"]: way for way in json.loads(capsys.readouterr().out)}
        assert (ways["crm"]["to"], ways["floor"]["missing"]) == (chat.url, "")
        assert "set KWEEK_CHANNEL_ATTIC" in ways["attic"]["missing"]
        assert await outgoing() == 1
        assert "of-the-floor" not in capsys.readouterr().out  # whoever knows it may write there


async def test_what_waits_and_what_was_given_up_is_shown_and_tried_again(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with listening(OK) as crm:
        write(house, crm)
        assert await asyncio.to_thread(main, ["migrate"]) == 0
        database = open_database(f"sqlite:///{house / 'kweek.db'}")
        with database.write() as tx:
            for n, hook in enumerate(("crm", "crm", "erp")):
                deliveries.write(tx, hook, f"a1/{n}", "a1", "won", {}, datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
            deliveries.not_taken(tx, 1, "http 503 closed", None)
        database.close()
        capsys.readouterr()
        await outgoing()
        told = capsys.readouterr().out
        assert "1 wait, 1 given up, the oldest of 2026-03-02 09:00 UTC: http 503 closed" in told
        assert "rules/workspace.yaml has it no more" in told
        assert await outgoing("crm", "--again") == 0
        assert "crm: 1 to be tried again" in capsys.readouterr().err
        await outgoing("--json")
        ways = {way["name"]: way for way in json.loads(capsys.readouterr().out)}
        assert [(ways["crm"][name], ways["erp"][name]) for name in ("waiting", "given_up")] == [(2, 1), (0, 0)]
        assert await outgoing("--again") == 2
