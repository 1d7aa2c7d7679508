"""Does a command end in peace where Temporal is away? The SDK's threads have begun by then, and abort who hurries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import worker
from kweek import at_temporal
from kweek.checkup.ring import ring_leads
from kweek.checkup.temporal import look_at_temporal
from kweek.config import Settings, settings
from kweek.errors import TemporalAway
from kweek.rescoring import rescored
from tests.engine.servers import free_port

LOOK = """
import asyncio, sys
from pathlib import Path
from kweek.checkup.temporal import look_at_temporal
from kweek.config import settings

print(asyncio.run(look_at_temporal(settings({"KWEEK_TEMPORAL_ADDRESS": sys.argv[1]}, Path(sys.argv[2])), None)))
"""


@pytest.fixture
def nowhere(tmp_path: Path) -> Settings:
    return settings({"KWEEK_TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}"}, tmp_path)


@pytest.fixture
def partings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often a breath was taken."""
    taken: list[str] = []

    async def part_quietly() -> None:
        taken.append("a breath")

    for module in (worker, at_temporal):
        monkeypatch.setattr(module, "part_quietly", part_quietly)
    return taken


async def test_the_doctor_parts_quietly_from_a_server_that_is_away(nowhere: Settings, partings: list[str]) -> None:
    [found] = await look_at_temporal(nowhere, None)
    assert found.state == "away"
    assert partings == ["a breath"]


async def test_who_asks_for_something_parts_quietly_from_a_server_that_is_away(
    nowhere: Settings, partings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_temporal, "_CONNECT", 0.2)
    with pytest.raises(TemporalAway, match="nobody was rung"):
        await ring_leads(nowhere, "due", lambda _: None)
    with pytest.raises(TemporalAway, match="nothing was begun"):
        await rescored(nowhere, lambda done, of: None, lambda _: None)
    assert partings == ["a breath"] * 2


def test_looking_for_a_server_that_is_away_ends_well_each_time(nowhere: Settings, tmp_path: Path) -> None:
    """Without the breath 3 of 12 aborted."""
    command = [sys.executable, "-c", LOOK, nowhere.temporal_address, str(tmp_path)]
    looks = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)]
    ended = [(look.communicate(timeout=120), look.returncode) for look in looks]
    assert [code for _, code in ended] == [0] * 3
    assert all(b"does not answer at" in said for (said, _), _ in ended)
