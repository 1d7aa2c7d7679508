"""The supervisor by itself: who is ready, who fell, who is kept out, and when a person has to know."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kweek import supervisor as module
from kweek.outside import file, rules, server
from kweek.ports import Port
from kweek.pulse import marked, of_mark, of_temporal
from kweek.supervisor import Part, Supervisor
from tests.engine.servers import free_port
from tests.engine.up_house import ROOT, wait_for


def test_who_starts_before_its_servers_is_not_said_to_serve(tmp_path: Path) -> None:
    """A mark of an earlier life says nothing: it is removed before each start."""
    mark, said = tmp_path / "ready", list[str]()
    mark.touch()
    part = Part("slow", ["sleep", "60"], mark.exists, mark=mark, patience=2)
    supervisor = Supervisor([part], tmp_path / "logs", said.append)
    with stopped_after(supervisor, lambda: part.process is not None):
        supervisor.run(lambda: said.append("ready"))
    assert said == ["stopping"]


def test_a_part_that_falls_shows_its_last_words(tmp_path: Path) -> None:
    said: list[str] = []
    part = Part("frail", ["sh", "-c", "echo no such thing >&2; exit 3"], lambda: False)
    supervisor = Supervisor([part], tmp_path / "logs", said.append)
    with stopped_after(supervisor, lambda: len(said) > 1):
        supervisor.run(lambda: None)
    assert said[0].startswith("frail ended (exit code 3); starting it again in 1 s.")
    assert said[1] == "  no such thing"


def test_a_server_that_is_away_holds_up_only_who_needs_it(tmp_path: Path) -> None:
    said: list[str] = []
    port = free_port()
    away = server("Temporal", "127.0.0.1", port)
    parts = [Part("needs it", ["sleep", "60"], lambda: False, needs=away), Part("not", ["sleep", "60"], lambda: True)]
    supervisor = Supervisor(parts, tmp_path / "logs", said.append, [away])
    with stopped_after(supervisor, lambda: "ready" in said):
        supervisor.run(lambda: said.append("ready"))
    assert said == [f"Temporal does not answer at 127.0.0.1:{port}; trying until it does", "ready", "stopping"]


def test_a_part_whose_port_another_program_has_waits_for_it_and_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever listens there would be taken for the part, and it would fall for ever."""
    monkeypatch.setattr(module, "_LOOK_EVERY", 0.05)
    said: list[str] = []
    port = free_port()
    part = Part("web", ["sleep", "60"], lambda: True, ports=[Port(port, "--port")], patience=2)
    supervisor = Supervisor([part], tmp_path / "logs", said.append)
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", port))
        somebody.listen()

        def gone() -> bool:
            if said and not part.process:
                somebody.close()
            return part.ready_since is not None

        with stopped_after(supervisor, gone):
            supervisor.run(lambda: said.append("ready"))
    kept_out = f"web cannot start: port {port} is taken by another program. It starts when that one is gone; or stop, "
    assert said == [f"{kept_out}and choose another with --port", "ready", "stopping"]


def test_a_part_that_comes_back_is_said_to_serve_again(tmp_path: Path) -> None:
    said: list[str] = []
    part = Part("web", ["sleep", "60"], lambda: True, patience=2)
    supervisor = Supervisor([part], tmp_path / "logs", said.append)

    def fell_and_rose() -> bool:
        if part.ready_since is not None and len(said) == 1 and part.process is not None:
            part.process.kill()
        return "web serves again" in said

    with stopped_after(supervisor, fell_and_rose):
        supervisor.run(lambda: said.append("ready"))
    assert [line.partition(";")[0] for line in said] == [
        "ready", "web was killed (signal 9)", "web serves again", "stopping"
    ]  # fmt: skip


def test_the_pause_grows_also_for_who_is_ready_each_time(tmp_path: Path) -> None:
    """Ready for a moment is not steady."""
    said: list[str] = []
    part = Part("frail", ["sh", "-c", "sleep 0.5"], lambda: True)
    supervisor = Supervisor([part], tmp_path / "logs", said.append)
    with stopped_after(supervisor, lambda: part.falls == 2):
        supervisor.run(lambda: None)
    pauses = [line.rpartition(" in ")[2][:3] for line in said if "starting it again" in line]
    assert pauses == ["1 s", "2 s"]


def test_a_start_that_takes_long_is_explained_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.0)
    said: list[str] = []
    part = Part("slow", ["sleep", "60"], lambda: False, patience=2)
    looks = iter(range(3))
    supervisor = Supervisor([part], tmp_path / "logs", said.append)
    with stopped_after(supervisor, lambda: bool(said) and next(looks, None) is None):
        supervisor.run(lambda: said.append("ready"))
    assert said == [f"still waiting for slow; {tmp_path / 'logs'} says what they do", "stopping"]


def test_a_disk_that_is_nearly_full_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ROOM", 2**60)
    said: list[str] = []
    supervisor = Supervisor([], tmp_path / "logs", said.append)
    with stopped_after(supervisor, lambda: bool(said)):
        supervisor.run(lambda: None)
    assert "is nearly full" in said[0]
    assert str(tmp_path) in said[0]


def test_a_file_that_goes_is_said_once_and_so_is_that_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LOOK_EVERY", 0.0)
    said: list[str] = []
    books = tmp_path / "kweek.db"
    supervisor = Supervisor([], tmp_path / "logs", said.append, [file("The lead database", books)])

    def back() -> bool:
        if said:
            books.touch()
        return len(said) > 1

    with stopped_after(supervisor, back):
        supervisor.run(lambda: None)
    gone = f"The lead database is not at {books}; nothing is taken in and nothing leaves until it is put back"
    assert said[:2] == [gone, f"The lead database is at {books} again"]


def test_rules_that_break_are_one_line_and_read_only_when_they_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    teams = tmp_path / "rules/teams.yaml"
    sound, here = teams.read_text(), rules(tmp_path)
    assert here.look() is None
    teams.write_text("queues: [")
    line = here.look()
    assert line is not None
    assert line.startswith("rules/teams.yaml:1:")
    assert line.endswith("The rules of before go on; `kweek lint` says all")
    assert "\n" not in line
    with monkeypatch.context() as nobody_reads:
        nobody_reads.setattr("kweek.workspace.read_workspace", None)
        assert here.look() == line
    teams.write_text(sound)
    assert here.look() is None


def test_a_part_that_stands_still_is_said_and_in_the_end_started_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its process and its port are there all the time."""
    for name, seconds in (("_LOOK_EVERY", 0.0), ("_SILENT", 0.5), ("_HUNG", 3.0)):
        monkeypatch.setattr(module, name, seconds)
    said, mark = list[str](), tmp_path / "ready"
    beats = ["sh", "-c", f"while :; do touch {mark}; sleep 0.1; done"]
    part = Part("worker", beats, mark.exists, mark=mark, pulse=of_mark(mark), patience=1)
    supervisor = Supervisor([part], tmp_path / "logs", said.append)
    stopped: list[int] = []

    def hangs() -> bool:
        if part.ready_since is not None and part.process is not None and not stopped:
            stopped.append(part.process.pid)
            os.kill(part.process.pid, signal.SIGSTOP)
        return "worker serves again" in said

    with stopped_after(supervisor, hangs):
        supervisor.run(lambda: None)
    assert [line.partition(".")[0] for line in said] == [
        "worker has not answered for 1 s", "worker has not answered for 3 s; ending it",
        "worker was killed (signal 9); starting it again in 1 s", "worker serves again", "stopping",
    ]  # fmt: skip


def test_a_part_that_comes_round_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("_LOOK_EVERY", 0.0), ("_SILENT", 0.5)):
        monkeypatch.setattr(module, name, seconds)
    said: list[str] = []
    part = Part("worker", ["sleep", "60"], lambda: True, pulse=lambda: bool(said), patience=1)
    supervisor = Supervisor([part], tmp_path / "logs", said.append)
    with stopped_after(supervisor, lambda: "worker answers again" in said):
        supervisor.run(lambda: None)
    assert [line.partition(".")[0] for line in said] == [
        "worker has not answered for 1 s", "worker answers again", "stopping"
    ]  # fmt: skip


def test_who_takes_a_connection_and_says_nothing_gives_no_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the system does for a process that is stopped."""
    monkeypatch.setattr("kweek.pulse._PATIENCE", 0.2)
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        assert not of_temporal(mute.getsockname()[1])()


@contextmanager
def stopped_after(supervisor: Supervisor, done: Callable[[], object]) -> Iterator[None]:
    """Stop it, from beside, once that is so; its signal handlers are put back."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}

    def watch() -> None:
        try:
            wait_for(done, 20)
        finally:
            supervisor.stopping = True

    beside = threading.Thread(target=watch)
    beside.start()
    yield
    beside.join()
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_a_mark_is_touched_for_a_part_that_cannot_do_so_itself(tmp_path: Path) -> None:
    answers, mark = iter([False, True]), tmp_path / "temporal"
    hears = marked(lambda: next(answers), mark)
    assert (hears(), mark.exists()) == (False, False)
    assert (hears(), mark.exists()) == (True, True)
