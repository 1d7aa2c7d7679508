"""Commands find the `kweek up` that works in their data folder, at whatever ports; one that has ended says nothing."""

from __future__ import annotations

import argparse
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kweek.commands.common import settings_of
from kweek.config import Settings, settings
from kweek.running import AlreadyUpError, addresses_in, alone_in

UP = """
import sys
from dataclasses import replace
from pathlib import Path
from kweek.config import settings
from kweek.running import alone_in

with alone_in(replace(settings({}, Path(sys.argv[1])), data=Path(sys.argv[1]), temporal_address="127.0.0.1:17233")):
    print("up", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    """As `kweek up --port 18000 --smtp-port 11025` has them."""
    here = settings({"KWEEK_DATA": str(tmp_path / "data")}, tmp_path)
    return replace(here, base_url="http://127.0.0.1:18000", smtp_url="catcher://127.0.0.1:11025")


def of_a_command(chosen: Settings) -> Settings:
    return settings_of(argparse.Namespace(data=str(chosen.data)))


def test_a_command_takes_what_nobody_said_from_who_is_up(chosen: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KWEEK_SMTP_URL", "catcher://127.0.0.1:12025")
    with alone_in(chosen):
        found = of_a_command(chosen)
        assert (found.base_url, found.temporal_address) == ("http://127.0.0.1:18000", "127.0.0.1:7233")
        assert found.smtp_url == "catcher://127.0.0.1:12025", "what somebody said goes before"
    assert of_a_command(chosen).base_url == "http://127.0.0.1:8000"


def test_one_that_was_killed_says_nothing_any_more(chosen: Settings) -> None:
    command = [sys.executable, "-c", UP, str(chosen.data)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as up:
        assert up.stdout is not None
        assert up.stdout.readline() == "up\n"
        assert addresses_in(chosen.data)["temporal_address"] == "127.0.0.1:17233"
        with pytest.raises(AlreadyUpError), alone_in(chosen):
            pytest.fail("there is one")
        assert addresses_in(chosen.data)["temporal_address"] == "127.0.0.1:17233", "who is refused writes nothing over"
        up.kill()
        up.wait()
    assert "17233" in (chosen.data / "up.lock").read_text()
    assert addresses_in(chosen.data) == {}


def test_no_password_is_written_down(chosen: Settings) -> None:
    with alone_in(replace(chosen, smtp_url="smtp://us:hushhush@relay.example")):
        assert "smtp_url" not in addresses_in(chosen.data)
        assert "hushhush" not in (chosen.data / "up.lock").read_text()


@pytest.mark.parametrize("text", ["", "{"])
def test_what_cannot_be_read_says_nothing(chosen: Settings, text: str) -> None:
    with alone_in(chosen):
        (chosen.data / "up.lock").write_text(text)
        assert addresses_in(chosen.data) == {}
