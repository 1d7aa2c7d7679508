"""Where is everything? The settings, from `KWEEK_…` in the environment, else `kweek.toml`, else what suits one machine.

In `kweek.toml` (in the working directory) a name is written without its prefix, in small letters: `base_url = "…"`.
The secret itself is never in it: `secret_file` says where it is.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, cast, get_args

from kweek.errors import KweekError

WhenUnsure = Literal["resend", "hold"]

_NAMES: Final = (
    "workspace", "data", "database_url", "temporal_address", "temporal_namespace",
    "smtp_url", "base_url", "secret_file", "tempo", "when_unsure",
)  # fmt: skip
_UNITS: Final = {"second": 1.0, "minute": 60.0, "hour": 3_600.0, "day": 86_400.0, "week": 604_800.0}
_PACE: Final = re.compile(r"([\d.]+) +(second|minute|hour)s? +(?:a|per) +(minute|hour|day|week)")
_SHORTEST_SECRET: Final = 32  # bytes of a file; 16 would be the 128 bit that we promise, if they were all random


class SettingsError(KweekError):
    """A setting cannot be used. The text names it, and never shows its value."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Settings:
    """All that an installation may say.

    smtp_url: `smtp://`, `smtps://`, or `catcher://` for the local mail catcher (see `kweek.smtp`). tempo: flow
    seconds per real second, None where nobody said (the clock's row then decides). when_unsure: None leaves it to
    the workspace. said: the names of the settings that somebody chose.
    """

    workspace: Path
    data: Path
    temporal_address: str
    temporal_namespace: str
    base_url: str
    secret_file: Path
    tempo: float | None = None
    when_unsure: WhenUnsure | None = None
    database_url: str = field(default="", repr=False)  # both may hold a password
    smtp_url: str = field(default="", repr=False)
    said: frozenset[str] = frozenset()

    @property
    def secret(self) -> bytes:
        """The installation's secret; made on first use. For signing, take `key`."""
        return _secret(self.secret_file)

    def key(self, purpose: str) -> bytes:
        """32 bytes for one purpose only: who learns one key learns nothing of another."""
        return hmac.digest(self.secret, purpose.encode(), hashlib.sha256)


def settings(environ: Mapping[str, str] | None = None, root: Path | None = None) -> Settings:
    """Read the settings anew (it is cheap; only the file with the secret is remembered). SettingsError says which."""
    said = _said(os.environ if environ is None else environ, (root or Path.cwd()) / "kweek.toml")
    data = Path(said.get("data", ".kweek")).absolute()
    secret_file = said.get("secret_file")
    return Settings(
        workspace=Path(said.get("workspace", ".")).absolute(),
        data=data,
        database_url=said.get("database_url", f"sqlite:///{data / 'kweek.db'}"),
        temporal_address=said.get("temporal_address", "127.0.0.1:7233"),
        temporal_namespace=said.get("temporal_namespace", "default"),
        smtp_url=said.get("smtp_url", "catcher://127.0.0.1:1025"),
        base_url=_base_url(said.get("base_url", "http://127.0.0.1:8000")),
        secret_file=Path(secret_file).absolute() if secret_file else data / "secret",
        tempo=parse_tempo(said["tempo"]) if "tempo" in said else None,
        when_unsure=_when_unsure(said["when_unsure"]) if "when_unsure" in said else None,
        said=frozenset(said),
    )


def parse_tempo(text: str) -> float:
    """Flow seconds per real second: `1`, `17280`, or as people say it: `5 seconds a day`."""
    said = text.strip().lower()
    if match := _PACE.fullmatch(said):
        real = float(match[1]) * _UNITS[match[2]]
        tempo = _UNITS[match[3]] / real if real else 0.0
    else:
        try:
            tempo = float(said)
        except ValueError:
            tempo = 0.0
    if not 0.001 <= tempo <= 10_000_000:
        raise SettingsError(f"KWEEK_TEMPO: “{text}” is no tempo; write 1 (in earnest) or “5 seconds a day”")
    return tempo


def _said(environ: Mapping[str, str], file: Path) -> dict[str, str]:
    said: dict[str, str] = {}
    if file.is_file():
        try:
            table = tomllib.loads(file.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{file.name} is not TOML: {error}") from None
        for name, value in table.items():
            if name not in _NAMES:
                fix = get_close_matches(name, _NAMES, 1)
                meant = f"did you mean “{fix[0]}”?" if fix else f"there are {', '.join(_NAMES)}"
                raise SettingsError(f"{file.name}: there is no setting “{name}”; {meant}")
            said[name] = str(value)
    for name in _NAMES:
        if value := environ.get(f"KWEEK_{name.upper()}", "").strip():
            said[name] = value
    return said


def _base_url(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", text):
        raise SettingsError("KWEEK_BASE_URL must be the address that leads see: https://mail.example.com")
    return text.rstrip("/")


def _when_unsure(text: str) -> WhenUnsure:
    if text not in get_args(WhenUnsure):
        raise SettingsError("KWEEK_WHEN_UNSURE is “resend” or “hold”")
    return cast(WhenUnsure, text)


@lru_cache(maxsize=8)
def _secret(file: Path) -> bytes:
    if not file.exists():
        _make_secret(file)
    try:
        secret = file.read_bytes().strip()
    except OSError as error:
        raise SettingsError(f"the secret in {file} cannot be read: {error.strerror}") from None
    if len(secret) < _SHORTEST_SECRET:
        raise SettingsError(f"the secret in {file} is shorter than {_SHORTEST_SECRET} bytes; let Kweek make one")
    return secret


def _make_secret(file: Path) -> None:
    """Two processes may start at once: the file appears whole or not at all, and the first one wins."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(secrets.token_urlsafe(48) + "\n")
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
