"""docker-compose.yml says what Kweek understands: its commands, its settings, and who waits for whom."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from kweek.cli import COMMANDS, parser_of
from kweek.config import NAMES, settings, variable

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS: dict[str, dict[str, Any]] = {name: one for name, one in COMPOSE["services"].items() if one.get("build")}


def usual(text: str) -> str:
    """As compose fills it in where nobody said anything; what must be said is “said”."""
    text = re.sub(r"\$\{\w+:\?[^}]*\}", "said", text)
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)


def test_ours_are_what_prepares_what_works_and_what_is_seen() -> None:
    assert set(OURS) == {"prepare", "worker", "web"}


@pytest.mark.parametrize("service", OURS)
def test_every_command_is_understood(service: str) -> None:
    program, command, *words = [usual(word) for word in OURS[service]["command"]]
    assert (program, command in COMMANDS) == ("kweek", True)
    assert parser_of(command).parse_args([command, *words]).command == command


@pytest.mark.parametrize("service", OURS)
def test_every_setting_is_known_and_can_be_read(service: str, tmp_path: Path) -> None:
    said = {name: usual(value) for name, value in OURS[service]["environment"].items()}
    assert {name for name in said if name.startswith("KWEEK_")} <= {variable(name) for name in NAMES}
    assert "@" in settings(said, tmp_path).database_url


def test_who_works_waits_for_who_prepares() -> None:
    """`publish --first` makes tables, secret and first versions: without it every event would start nothing."""
    assert OURS["prepare"]["command"] == ["kweek", "publish", "--first"]
    for service in ("worker", "web"):
        assert OURS[service]["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}


def test_all_of_ours_share_a_folder_that_their_user_may_write() -> None:
    """There the secret is made, once; the image's user owns the folder, and so the volume."""
    assert all("kweek:/data" in one["volumes"] for one in OURS.values())
    assert "kweek" in COMPOSE["volumes"]
    image = (ROOT / "Dockerfile").read_text()
    assert "install -d -o kweek -g kweek -m 700 /data" in image
    assert "KWEEK_DATA=/data" in image
