"""How is each part? The secret, the workspace, the servers: one after the other, whichever is away."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from kweek.checkup.books import look_at_books
from kweek.checkup.finding import Finding
from kweek.checkup.temporal import look_at_temporal
from kweek.config import Settings
from kweek.flow.problems import errors
from kweek.leads.database import DatabaseAway, DatabaseUnusable, file_of, open_database
from kweek.linting import lint
from kweek.mails.render import Renderer
from kweek.relay import relay
from kweek.running import addresses_in
from kweek.secret import SecretError
from kweek.workspace import read_workspace

_PATIENCE: Final = 3.0  # seconds for a part to take a connection
_WEB: Final = {"http": 80, "https": 443}


def check_all(settings: Settings) -> Iterator[Finding]:
    """Every part, one after the other; a part that is away does not stop the rest."""
    found, walking = _books(settings)
    if not any(one.part == "secret" for one in found):
        yield _secret(settings)
    yield from found
    yield from _workspace(settings)
    yield from asyncio.run(look_at_temporal(settings, walking, start_it(settings, "temporal_address")))
    yield _relay(settings)
    base, starts = urlsplit(settings.base_url), start_it(settings, "base_url")
    yield _server(
        "web", base.hostname or "", base.port or _WEB[base.scheme], "attention",
        f"{starts}, or set KWEEK_BASE_URL to the address that leads see",
    )  # fmt: skip


def start_it(settings: Settings, setting: str) -> str:
    """How a part comes back: by whoever keeps this house up; by its owner, where a setting says it is elsewhere."""
    if setting in settings.said and setting != "base_url":
        return "start it"
    if addresses_in(settings.data):
        return f"`kweek up` is at it: {settings.data / 'logs'} says why it does not serve"
    return "start it: `kweek up` (the whole house)" + (" or `kweek web`" if setting == "base_url" else "")


def _books(settings: Settings) -> tuple[list[Finding], int | None]:
    file = file_of(settings.database_url)
    if file is not None and not file.exists():  # looking must not make one
        do = "`kweek up` or `kweek migrate` makes it; or set KWEEK_DATA to where it is"
        return [Finding("database", "attention", f"there is none at {file}", do)], None
    database = open_database(settings.database_url)
    try:
        return look_at_books(database, settings)
    except DatabaseAway as error:
        return [Finding("database", "away", str(error), "start it, or set KWEEK_DATABASE_URL")], None
    except DatabaseUnusable as error:
        words, _, do = str(error).partition(". ")
        return [Finding("database", "away", words, do)], None
    finally:
        database.close()


def _secret(settings: Settings) -> Finding:
    file = settings.secret_file
    try:
        settings.key("checkup")
    except SecretError as error:
        words, _, do = str(error).partition(". ")
        return Finding("secret", "attention", words, do[:1].lower() + do[1:])
    if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO) and os.access(file, os.W_OK):
        return Finding("secret", "attention", f"{file} can be read by others on this machine", f"chmod 600 {file}")
    return Finding("secret", "well", "there, and private")


def _workspace(settings: Settings) -> Iterator[Finding]:
    workspace = read_workspace(settings.workspace)
    with Renderer() as renderer:
        wrong = errors(lint(workspace, renderer))
    if wrong:
        yield Finding("workspace", "attention", f"{len(wrong)} errors in {settings.workspace}", "kweek lint says which")
    else:
        yield Finding("workspace", "well", f"{len(workspace.flows)} flows in {settings.workspace}, all sound")


def _relay(settings: Settings) -> Finding:
    to, there = relay(settings.smtp_url), addresses_in(settings.data)
    if there and "smtp_url" not in there and "smtp_url" not in settings.said:  # a relay's address is not written down
        do = "the `kweek up` here mails by another relay: set KWEEK_SMTP_URL for doctor as for `kweek up`"
        return _server("mail", to.host, to.port, "attention", do)
    starts = start_it(settings, "smtp_url")
    return _server("mail", to.host, to.port, "away", f"{starts}, or set KWEEK_SMTP_URL; until then mails wait")


def _server(part: str, host: str, port: int, otherwise: str, do: str) -> Finding:
    try:
        with socket.create_connection((host, port), _PATIENCE):
            return Finding(part, "well", f"answers at {host}:{port}")
    except OSError as error:
        words = f"does not answer at {host}:{port} ({error.strerror or error})"
        return Finding(part, "away" if otherwise == "away" else "attention", words, do)
