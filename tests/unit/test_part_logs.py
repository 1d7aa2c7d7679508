"""The supervisor's logs do not grow for ever: a large one makes room at the next start, and three old ones are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from kweek import part_logs
from kweek.part_logs import open_log


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_logs, "_LARGEST", 10)


def write(log: Path, words: str) -> None:
    with open_log(log) as file:
        file.write(words.encode())


def test_a_small_log_is_written_on(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    for words in ("one ", "two "):
        write(log, words)
    assert log.read_text() == "one two "
    assert list(tmp_path.iterdir()) == [log]


def test_a_large_log_makes_room_and_three_old_ones_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    for start in range(6):
        write(log, f"start {start}, and much more")
    kept = {file.name: file.read_text()[:7] for file in tmp_path.iterdir()}
    assert kept == {"web.log": "start 5", "web.log.1": "start 4", "web.log.2": "start 3", "web.log.3": "start 2"}
