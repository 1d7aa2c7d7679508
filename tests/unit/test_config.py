"""Settings come from the environment, then kweek.toml, then what suits one machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from kweek.config import SettingsError, parse_tempo, settings


def test_nothing_said_suits_one_machine(tmp_path: Path) -> None:
    found = settings({"KWEEK_DATA": str(tmp_path)}, tmp_path)
    assert found.database_url == f"sqlite:///{tmp_path}/kweek.db"
    assert found.smtp_url.startswith("catcher://")
    assert (found.tempo, found.when_unsure) == (None, None)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "kweek.toml").write_text('base_url = "https://file.example/"\nwhen_unsure = "hold"\ntempo = 24\n')
    found = settings({"KWEEK_BASE_URL": "https://said.example"}, tmp_path)
    assert (found.base_url, found.when_unsure, found.tempo) == ("https://said.example", "hold", 24.0)


@pytest.mark.parametrize(("text", "tempo"), [("1", 1), ("5 seconds a day", 17_280), ("1 minute per week", 10_080)])
def test_a_tempo_is_a_number_or_is_said_as_people_say_it(text: str, tempo: float) -> None:
    assert parse_tempo(text) == tempo


@pytest.mark.parametrize(
    ("name", "value"),
    [("TEMPO", "fast"), ("TEMPO", "0"), ("WHEN_UNSURE", "maybe"), ("BASE_URL", "mail.example.com")],
)
def test_a_bad_value_is_named(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"KWEEK_{name}"):
        settings({f"KWEEK_{name}": value}, tmp_path)


def test_a_misspelt_name_in_the_file_is_not_swallowed(tmp_path: Path) -> None:
    (tmp_path / "kweek.toml").write_text('base_ulr = "https://file.example/"\n')
    with pytest.raises(SettingsError, match="base_ulr"):
        settings({}, tmp_path)


def test_the_secret_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    found = settings({"KWEEK_DATA": str(tmp_path / "new")}, tmp_path)
    assert found.secret == found.secret_file.read_bytes().strip()
    assert found.secret_file.stat().st_mode & 0o777 == 0o600
    assert found.key("a") != found.key("b")
    assert [file.name for file in found.secret_file.parent.iterdir()] == ["secret"]


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own").write_text("1234")
    with pytest.raises(SettingsError, match="shorter"):
        _ = settings({"KWEEK_SECRET_FILE": str(tmp_path / "own")}, tmp_path).secret


def test_passwords_do_not_show(tmp_path: Path) -> None:
    urls = {"KWEEK_SMTP_URL": "smtp://u:hushhush@h", "KWEEK_DATABASE_URL": "postgresql://u:hushhush@h/d"}
    assert "hushhush" not in repr(settings(urls, tmp_path))
