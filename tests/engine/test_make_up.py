"""`make up`, as the README has it: the first page is served, and Ctrl-C ends all of it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.engine.servers import ports_of_up
from tests.engine.up_house import ROOT, START, children_of, wait_for

pytestmark = pytest.mark.slow


def test_make_up_serves_the_first_page_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    ports = ports_of_up()
    options = " ".join(f"--{name} {port}" for name, port in ports.items())
    said = tmp_path / "said"
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("KWEEK_", "MAKE", "MFLAGS"))}
    with said.open("wb") as terminal:
        # what is installed is what these tests run with: `-o` leaves it alone
        make = subprocess.Popen(
            ["make", "-o", ".venv/.installed", "up", f"ARGS=--data {tmp_path / 'data'} {options}"], cwd=ROOT,
            env=bare, stdout=terminal, stderr=terminal, start_new_session=True,
        )  # fmt: skip
    try:
        wait_for(lambda: "Kweek is up" in said.read_text() or make.poll() is not None, START, "make up")
        link = re.search(r"http://127\.0\.0\.1:\d+/login/\S+", said.read_text())
        assert link is not None, said.read_text()
        page = httpx.get(link[0], follow_redirects=True, timeout=30)
        assert (page.status_code, "brochure-request" in page.text) == (200, True)
        below = children_of(make.pid)
        os.killpg(make.pid, signal.SIGINT)
        make.wait(40)
        wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in below), 20, "nobody stays")
    finally:
        if make.poll() is None:
            os.killpg(make.pid, signal.SIGKILL)
            make.wait()
