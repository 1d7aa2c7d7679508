"""`kweek up` starts, stops, carries on, and says in words what is wrong; nobody is left behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.engine.servers import DevServer, free_port, free_ports, ports_of_up
from tests.engine.up_house import KWEEK, PARTS, ROOT, Up, Visitor, alive, children_of, kweek, up, wait_for
from tests.postgres import Postgres

pytestmark = pytest.mark.slow


@contextmanager
def serving(folder: Path, tempo: str | None = None, **environment: str) -> Iterator[Up]:
    with up(folder, tempo, **environment) as house:
        house.says("Kweek is up")
        yield house


def test_ctrl_c_ends_all_and_the_next_start_carries_on(tmp_path: Path) -> None:
    """One life of the house: it starts, a second one is refused, a part falls and rises, it stops, it carries on."""
    with serving(tmp_path, "3 seconds a day") as house:
        visitor = Visitor(house)
        visitor.post("/api/events", {"id": "1", "type": "brochure.requested", "lead": {"external_id": "one"}})
        wait_for(lambda: visitor.way("one"), 30, "the lead stands in the flow")

        second = kweek("up", "--data", str(house.data), cwd=tmp_path)
        assert (second.returncode, second.stdout) == (1, "")
        assert "another `kweek up` works in" in second.stderr

        web = house.pid_of("web")
        assert web is not None
        os.kill(web, signal.SIGKILL)
        assert "starting it again" in house.says("web was killed (signal 9)", 20)
        wait_for(lambda: house.pid_of("web") not in (None, web), 20, "the web is back")

        below = children_of(house.pid)
        assert len(below) >= len(PARTS)
        started = time.monotonic()
        assert house.stop(30) == 0
        assert time.monotonic() - started < 30
        assert not [pid for pid in below if alive(pid)]
        assert "did not end" not in house.terminal
        assert visitor.way("one") == ["brochure-request: steps/wait-1"]

        house.start()  # the same folder: no tempo need be said, no flow is published again
        house.says("Kweek is up")
        assert "published" not in house.terminal
        wait_for(lambda: len(visitor.way("one")[0].split(" > ")) > 1, 60, "the lead's timer went on")
        visitor.close()
        assert house.stop() == 0


def test_who_hangs_and_what_is_gone_is_said_and_all_goes_on(tmp_path: Path) -> None:
    """And who looks finds them at their ports, by the data folder alone."""
    with serving(tmp_path) as house:
        link = kweek("web", "--link", "--data", str(house.data), cwd=tmp_path).stdout
        assert link.startswith(f"{house.base}/login/")
        seen = kweek("doctor", "--data", str(house.data), cwd=tmp_path)
        assert (seen.returncode, "away" in seen.stdout) == (0, False), seen.stdout
        visitor = Visitor(house)
        hung = [pid for part in ("temporal", "worker") if (pid := house.pid_of(part))]
        for pid in hung:
            os.kill(pid, signal.SIGSTOP)
        books, elsewhere = house.data / "kweek.db", house.data / "elsewhere"
        books.rename(elsewhere)
        lead = {"external_id": "one"}
        event = {"id": "1", "type": "brochure.requested", "lead": lead}
        assert visitor.api.post("/api/events", json=event).status_code == 503
        assert "database" in visitor.api.get("/healthz").json()["away"]
        house.says(f"The lead database is not at {books}", 20)
        elsewhere.rename(books)
        house.says(f"The lead database is at {books} again", 20)
        visitor.post("/api/events", event)
        for part in ("temporal", "worker"):
            house.says(f"{part} has not answered for", 40)
        for pid in hung:
            os.kill(pid, signal.SIGCONT)
        for part in ("temporal", "worker"):
            house.says(f"{part} answers again", 20)
        wait_for(lambda: visitor.way("one"), 60, "the lead stands in the flow")
        visitor.close()
        assert house.stop() == 0


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="Linux tells a child when its parent dies")
def test_nobody_outlives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    with serving(tmp_path) as house:
        below = children_of(house.pid)
        os.kill(house.pid, signal.SIGKILL)
        wait_for(lambda: not [pid for pid in below if alive(pid)], 30, "children end with their supervisor")


@pytest.mark.parametrize("option", ["port", "temporal-port", "ui-port", "smtp-port"])
def test_a_port_that_is_taken_is_named_with_its_option(tmp_path: Path, option: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        others = ports_of_up() | {option: port}
        words = [word for name, number in others.items() for word in (f"--{name}", str(number))]
        refused = kweek("up", *words, "--data", "data", cwd=tmp_path)
    assert refused.returncode == 1
    assert f"port {port} is taken" in refused.stderr
    assert f"choose another: --{option} " in refused.stderr


def test_ports_come_from_the_settings_where_no_option_says_otherwise(tmp_path: Path) -> None:
    """All links lead where the pages are, and doctor looks where they are."""
    web, smtp = free_ports(2)
    said = {"KWEEK_BASE_URL": f"http://127.0.0.1:{web}", "KWEEK_SMTP_URL": f"catcher://127.0.0.1:{smtp}"}
    with serving(tmp_path, **said) as house:
        assert f"http://127.0.0.1:{web}/login/" in house.terminal
        house.ports |= {"port": web, "smtp-port": smtp}
        visitor = Visitor(house)
        visitor.sign_in()
        visitor.close()
        seen = kweek("doctor", "--data", str(house.data), cwd=tmp_path, KWEEK_TEMPORAL_ADDRESS=house.temporal, **said)
        assert (seen.returncode, "look" in seen.stdout) == (0, False), seen.stdout
        assert f"answers at 127.0.0.1:{smtp}" in seen.stdout
        assert house.stop() == 0


def test_a_namespace_of_ones_own_is_made_where_temporal_is_ours(tmp_path: Path) -> None:
    with serving(tmp_path, KWEEK_TEMPORAL_NAMESPACE="leads") as house:
        somewhere = {"KWEEK_TEMPORAL_ADDRESS": house.temporal, "KWEEK_TEMPORAL_NAMESPACE": "nope"}
        with subprocess.Popen(
            [*KWEEK, "worker", "--data", str(house.data)], cwd=tmp_path, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "KWEEK_WORKSPACE": str(ROOT), **somewhere},
        ) as worker:  # fmt: skip
            assert worker.stderr is not None
            assert "has no namespace “nope”; trying until it has" in worker.stderr.readline()
            worker.terminate()
            assert (worker.wait(20), worker.stderr.read()) == (0, "")
        seen = kweek("doctor", "--data", str(house.data), cwd=tmp_path, **somewhere)
        assert "make it there, or set KWEEK_TEMPORAL_NAMESPACE" in seen.stdout


def test_a_broken_workspace_starts_nothing_and_says_where(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    for folder in ("flows", "rules", "surveys", "templates"):
        shutil.copytree(ROOT / folder, workspace / folder)
    flow = workspace / "flows" / "brochure-request.yaml"
    sound = flow.read_text()
    flow.write_text(sound.replace("answered: triage", "answered: traige"))
    ports = [word for name, port in ports_of_up().items() for word in (f"--{name}", str(port))]
    refused = kweek("up", "--workspace", str(workspace), "--data", "data", *ports, "--tempo", "24", cwd=tmp_path)
    assert refused.returncode == 1
    line = 1 + sound[: sound.index("answered: triage")].count("\n")
    assert f"flows/brochure-request.yaml:{line}:17: error" in refused.stderr
    assert "Traceback" not in refused.stderr
    with sqlite3.connect(tmp_path / "data" / "kweek.db") as books:
        assert books.execute("SELECT count(*) FROM versions").fetchone() == (0,)
        assert books.execute("SELECT count(*) FROM clock").fetchone() == (0,), "another tempo may still be chosen"
    books.close()


def test_a_temporal_that_is_elsewhere_and_away_is_said_and_waited_for(tmp_path: Path) -> None:
    """The pages open all the same, an event is taken in, and the lead walks as soon as Temporal is there."""
    port = free_port()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    temporal = DevServer(elsewhere, port)
    with up(tmp_path, KWEEK_TEMPORAL_ADDRESS=temporal.address) as house:
        try:
            house.says(f"Temporal is yours, at 127.0.0.1:{port}: none is started here")
            house.says(f"Temporal does not answer at 127.0.0.1:{port}; trying until it does")
            house.says("Kweek is up")
            visitor = Visitor(house)
            visitor.post("/api/events", _asks("one"))
            assert visitor.way("one") == []
            temporal.start()
            house.says(f"Temporal answers again at 127.0.0.1:{port}", 60)
            wait_for(lambda: visitor.way("one"), 60, "who came while it was away walks")

            temporal.kill()
            visitor.post("/api/events", _asks("two"))
            temporal.start()
            wait_for(lambda: visitor.way("two"), 60, "who came while it was gone once more walks")
            visitor.close()
            assert house.stop() == 0
        finally:
            temporal.stop()


def test_a_database_that_is_away_is_said_and_waited_for(tmp_path: Path, postgres: Postgres) -> None:
    """Before the start, and after it: what was accepted is there, what was not is told so."""
    url = postgres.create()
    postgres.make_durable(url)
    postgres.stop("fast")
    try:
        with up(tmp_path, KWEEK_DATABASE_URL=url) as house:
            assert "trying until it answers" in house.says("does not answer", 30)
            postgres.start()
            house.says("Kweek is up")
            visitor = Visitor(house)
            visitor.post("/api/events", _asks("one"))
            wait_for(lambda: visitor.way("one"), 60, "the lead stands in the flow")

            postgres.stop("immediate")
            assert visitor.api.post("/api/events", json=_asks("two")).status_code == 503
            house.says("The lead database does not answer", 30)
            postgres.start()
            house.says("The lead database answers again", 30)
            visitor.database.close()  # its connections are those of before
            visitor.post("/api/events", _asks("two"))
            wait_for(lambda: visitor.way("two"), 60, "who came again walks")
            assert visitor.way("one")
            visitor.close()
            assert house.stop() == 0
    finally:
        with suppress(RuntimeError):  # it runs already
            postgres.start()


def _asks(lead: str) -> dict[str, object]:
    return {"id": lead, "type": "brochure.requested", "lead": {"external_id": lead}}


@pytest.mark.parametrize(("told", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_who_waits_for_a_database_may_be_told_to_stop(tmp_path: Path, told: signal.Signals, code: int) -> None:
    url = f"postgresql://kweek:planted@127.0.0.1:{free_port()}/kweek"
    with up(tmp_path, KWEEK_DATABASE_URL=url) as house:
        assert "trying until it answers" in house.says("does not answer", 30)
        assert "planted" not in house.terminal
        assert house.process is not None
        assert house.process.poll() is None
        house.process.send_signal(told)
        assert house.process.wait(10) == code
        assert "Traceback" not in house.terminal
