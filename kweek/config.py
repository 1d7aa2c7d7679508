"""Where is everything? The settings, from `KWEEK_…` in the environment, else `kweek.toml`, else what suits one machine.

In `kweek.toml` (in the working directory) a name is written without its prefix, in small letters: `base_url = "…"`.
The secret itself is never in it: `secret_file` says where it is.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Final, TypeVar

from kweek import setting_values as values
from kweek.errors import SettingsError
from kweek.relay import relay
from kweek.secret import key_of, read_secret
from kweek.setting_values import WhenUnsure

FILE: Final = "kweek.toml"
CHANNEL: Final = "KWEEK_CHANNEL_"
NAMES: Final = (
    "workspace", "data", "database_url", "temporal_address", "temporal_namespace",
    "smtp_url", "base_url", "secret_file", "tempo", "when_unsure", "outgoing_allow",
)  # fmt: skip

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Settings:
    """All that an installation may say.

    smtp_url: `smtp://`, `smtps://`, or `catcher://` for the local mail catcher (see `kweek.relay`). tempo: flow
    seconds per real second, None where nobody said (the clock's row then decides). when_unsure: None leaves it to
    the workspace. outgoing_allow: networks within that webhooks and channels may reach. channels: `SALES_FLOOR` → the
    address of the channel sales-floor, or the file in which it stands. said: the names of the settings that somebody
    chose.
    """

    workspace: Path
    data: Path
    temporal_address: str
    temporal_namespace: str
    base_url: str
    secret_file: Path
    tempo: float | None = None
    when_unsure: WhenUnsure | None = None
    outgoing_allow: tuple[IPv4Network | IPv6Network, ...] = ()
    channels: Mapping[str, str] = field(default_factory=dict[str, str], repr=False, hash=False)
    database_url: str = field(default="", repr=False)  # both may hold a password
    smtp_url: str = field(default="", repr=False)
    said: frozenset[str] = frozenset()

    @property
    def secret(self) -> bytes:
        """The installation's secret. For signing, take `key`. SecretError."""
        return read_secret(self.secret_file)

    def key(self, purpose: str) -> bytes:
        """32 bytes for one purpose only: who learns one key learns nothing of another."""
        return key_of(self.secret, purpose)


def settings(environ: Mapping[str, str] | None = None, root: Path | None = None) -> Settings:
    """Read the settings anew (it is cheap). SettingsError names each one that cannot be used."""
    environ = os.environ if environ is None else environ
    said = _Said(environ, (root or Path.cwd()) / FILE)
    data = said.read("data", values.folder, values.folder(".kweek"))
    found = Settings(
        workspace=said.read("workspace", values.folder, values.folder(".")),
        data=data,
        database_url=said.read("database_url", values.database_url, f"sqlite:///{data / 'kweek.db'}"),
        temporal_address=said.read("temporal_address", values.host_and_port, "127.0.0.1:7233"),
        temporal_namespace=said.read("temporal_namespace", str, "default"),
        smtp_url=said.read("smtp_url", _smtp_url, "catcher://127.0.0.1:1025"),
        base_url=said.read("base_url", values.base_url, "http://127.0.0.1:8000"),
        secret_file=said.read("secret_file", values.folder, data / "secret"),
        tempo=said.read("tempo", values.tempo, None),
        when_unsure=said.read("when_unsure", values.when_unsure, None),
        outgoing_allow=said.read("outgoing_allow", values.networks, ()),
        channels={name.removeprefix(CHANNEL): text for name, text in environ.items() if name.startswith(CHANNEL)},
        said=frozenset(said.texts),
    )
    if said.wrong:
        raise SettingsError("\n".join(said.wrong))
    return found


class _Said:
    """What somebody chose: `texts` by name, and what is `wrong` with them, so that all of it is said at once."""

    def __init__(self, environ: Mapping[str, str], file: Path) -> None:
        self.wrong: list[str] = []
        self.texts: dict[str, str] = {}
        self._where: dict[str, str] = {}
        for name, value in _of_file(file).items():
            self._take(name, value)
        for name in NAMES:
            if value := environ.get(variable(name), "").strip():
                self.texts[name], self._where[name] = value, variable(name)

    def read(self, name: str, meaning: Callable[[str], _T], otherwise: _T) -> _T:
        if name not in self.texts:
            return otherwise
        try:
            return meaning(self.texts[name])
        except SettingsError as error:
            self.wrong.append(f"{self._where[name]}: {error}")
            return otherwise

    def _take(self, name: str, value: object) -> None:
        if name not in NAMES:
            fix = get_close_matches(name, NAMES, 1)
            meant = f"did you mean “{fix[0]}”?" if fix else f"there are {', '.join(NAMES)}"
            self.wrong.append(f"{FILE}: there is no setting “{name}”; {meant}")
        elif isinstance(value, bool) or not isinstance(value, str | int | float):
            self.wrong.append(f'{FILE}: {name} is a text; write {name} = "…"')
        elif text := str(value).strip():
            self.texts[name], self._where[name] = text, f"{FILE}: {name}"


def variable(name: str) -> str:
    """The setting as the environment calls it."""
    return f"KWEEK_{name.upper()}"


def _of_file(file: Path) -> dict[str, object]:
    if not file.is_file():
        return {}
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file.name} is not TOML: {error}") from None


def _smtp_url(text: str) -> str:
    relay(text)
    return text
