"""Which Temporal server runs on one machine: on the PATH, beside our Python, fetched before, or fetched now."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from kweek.errors import KweekError
from kweek.temporal_server import check_file, fetch, find, temporal_command


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine that has none; its data folder."""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    return tmp_path / "data"


class Ended:
    async def shutdown(self) -> None: ...


def test_what_is_on_the_path_comes_first(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = Path(sys.executable).with_name("temporal")
    beside.parent.mkdir()
    beside.touch()
    assert find(bare) == str(beside)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert find(bare) == "/usr/bin/temporal"


def test_where_nobody_has_one_it_is_fetched_once(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK puts it where it is told, under a name with the SDK's version."""
    fetched: list[str] = []

    async def start_local(*, download_dest_dir: str) -> Ended:
        fetched.append(download_dest_dir)
        (Path(download_dest_dir) / "temporal-sdk-python-1.35.0").touch()
        return Ended()

    monkeypatch.setattr(WorkflowEnvironment, "start_local", start_local)
    said: list[str] = []
    for _ in range(2):
        fetch(bare, said.append)
    assert len(said) == len(fetched) == 1
    program = temporal_command(bare, 7233, 8233)[0]
    assert Path(program).parent == Path(fetched[0])
    assert find(bare) == program


def test_what_cannot_be_fetched_is_said(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def start_local(*, download_dest_dir: str) -> Ended:
        raise RuntimeError("Failed starting Temporal dev server: error sending request\nCaused by: dns error")

    monkeypatch.setattr(WorkflowEnvironment, "start_local", start_local)
    with pytest.raises(KweekError, match=r"could not be fetched .*error sending request\); install it: `make up`"):
        fetch(bare, lambda line: None)
    with pytest.raises(KweekError, match="no `temporal` command"):
        temporal_command(bare, 7233, None)


@pytest.mark.parametrize("begins", [None, b"", b"SQLite format 3\0 and so on"])
def test_a_file_that_may_be_its_database_is_left_to_the_server(tmp_path: Path, begins: bytes | None) -> None:
    if begins is not None:
        (tmp_path / "temporal.db").write_bytes(begins)
    check_file(tmp_path)


def test_a_file_that_is_no_database_is_said_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "temporal.db").write_bytes(b"SQLite")
    with pytest.raises(KweekError, match=r"temporal\.db is no database .* `kweek doctor --ring all`; nothing is lost"):
        check_file(tmp_path)
