"""Settings come from the environment, then kweek.toml, then what suits one machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from kweek.config import settings, variable
from kweek.errors import SettingsError
from kweek.secret import SecretError, make_secret, read_secret
from kweek.setting_values import tempo


def test_nothing_said_suits_one_machine(tmp_path: Path) -> None:
    found = settings({"KWEEK_DATA": str(tmp_path)}, tmp_path)
    assert found.database_url == f"sqlite:///{tmp_path}/kweek.db"
    assert found.smtp_url.startswith("catcher://")
    assert (found.tempo, found.when_unsure) == (None, None)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "kweek.toml").write_text('base_url = "https://file.example/"\nwhen_unsure = "hold"\ntempo = 24\n')
    found = settings({"KWEEK_BASE_URL": "https://said.example"}, tmp_path)
    assert (found.base_url, found.when_unsure, found.tempo) == ("https://said.example", "hold", 24.0)


def test_home_is_home_also_where_no_shell_looked(tmp_path: Path) -> None:
    (tmp_path / "kweek.toml").write_text('data = "~/kweek"\n')
    assert settings({}, tmp_path).data == Path.home() / "kweek"


@pytest.mark.parametrize("text", ["temporal", "temporal:7233"])
def test_a_server_may_leave_out_its_usual_port(text: str, tmp_path: Path) -> None:
    assert settings({"KWEEK_TEMPORAL_ADDRESS": text}, tmp_path).temporal_address == "temporal:7233"


@pytest.mark.parametrize(("text", "expected"), [("1", 1), ("5 seconds a day", 17_280), ("1 minute per week", 10_080)])
def test_a_tempo_is_a_number_or_is_said_as_people_say_it(text: str, expected: float) -> None:
    assert tempo(text) == expected


WRONG = [
    ("tempo", "fast"), ("tempo", "0"), ("tempo", "0 seconds a day"), ("tempo", "... seconds a day"),
    ("tempo", "nan"), ("when_unsure", "maybe"),
    ("base_url", "mail.example.com"), ("base_url", "http://localhost:99999"), ("base_url", "https://:80"),
    ("temporal_address", "localhost:abc"), ("temporal_address", "http://localhost:7233"),
    ("temporal_address", "localhost:99999"), ("temporal_address", ":7233"),
    ("smtp_url", "smpt://user:hushhush@relay"), ("smtp_url", "smtp://relay:99999"),
    ("database_url", "mysql://u:hushhush@there/kweek"), ("database_url", "kweek.db"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_bad_value_is_named_where_it_stands(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"^{variable(name)}: ") as by_environment:
        settings({variable(name): value}, tmp_path)
    (tmp_path / "kweek.toml").write_text(f'{name} = "{value}"\n')
    with pytest.raises(SettingsError, match=f"^kweek.toml: {name}: ") as by_file:
        settings({}, tmp_path)
    assert "hushhush" not in str(by_environment.value) + str(by_file.value)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "kweek.toml").write_text('base_ulr = "https://file.example/"\nwhen_unsure = true\ntempo = "fast"\n')
    with pytest.raises(SettingsError) as refused:
        settings({"KWEEK_BASE_URL": "nowhere"}, tmp_path)
    assert [line.partition(";")[0] for line in str(refused.value).splitlines()] == [
        "kweek.toml: there is no setting “base_ulr”",
        "kweek.toml: when_unsure is a text",
        "KWEEK_BASE_URL: this must be the address that leads see: https://mail.example.com",
        "kweek.toml: tempo: “fast” is no tempo",
    ]


def test_passwords_do_not_show(tmp_path: Path) -> None:
    urls = {"KWEEK_SMTP_URL": "smtp://u:hushhush@h", "KWEEK_DATABASE_URL": "postgresql://u:hushhush@h/d"}
    assert "hushhush" not in repr(settings(urls, tmp_path))


# --- the secret -----------------------------------------------------------------------------------------


def test_the_secret_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    found = settings({"KWEEK_DATA": str(tmp_path / "new")}, tmp_path)
    make_secret(found.secret_file)
    assert found.secret == found.secret_file.read_bytes().strip()
    assert found.secret_file.stat().st_mode & 0o777 == 0o600
    assert found.key("a") != found.key("b")
    assert [file.name for file in found.secret_file.parent.iterdir()] == ["secret"]
    make_secret(found.secret_file)
    assert found.secret_file.read_bytes().strip() == found.secret


def test_nobody_makes_a_secret_in_passing(tmp_path: Path) -> None:
    found = settings({"KWEEK_DATA": str(tmp_path)}, tmp_path)
    with pytest.raises(SecretError, match="is not there"):
        found.key("a")
    assert not found.secret_file.exists()


def test_a_secret_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "short").write_text("1234")
    with pytest.raises(SecretError, match="shorter"):
        read_secret(tmp_path / "short")
    with pytest.raises(SecretError, match="cannot be read: Is a directory"):
        read_secret(tmp_path)
