"""What do commands share? The settings that options override, which flow is meant, ports, and one way to speak."""

from __future__ import annotations

import argparse
import getpass
import os
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kweek.config import Settings, settings
from kweek.errors import KweekError
from kweek.running import addresses_in

if TYPE_CHECKING:
    from kweek.words.own import Own
    from kweek.workspace import Workspace


class NotUnderstoodError(KweekError):
    """What was asked for is not there, or makes no sense."""

    exit_code = 2


class NoWorkspaceError(KweekError):
    """The folder has nothing that would belong to a workspace."""


def add_workspace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workspace", metavar="DIR", help="folder with flows/, rules/, … (default: this one)")


def settings_of(args: argparse.Namespace, *, running: bool = True) -> Settings:
    """The settings, with `--workspace` and `--data` before the environment and kweek.toml. running: what nobody said
    is as the `kweek up` has it that works in this data folder."""
    chosen = settings()
    if getattr(args, "workspace", None):
        chosen = replace(chosen, workspace=Path(args.workspace).absolute())
    if getattr(args, "data", None):
        data = Path(args.data).absolute()
        before = f"sqlite:///{chosen.data / 'kweek.db'}"
        chosen = replace(
            chosen,
            data=data,
            database_url=f"sqlite:///{data / 'kweek.db'}" if chosen.database_url == before else chosen.database_url,
            secret_file=data / "secret" if chosen.secret_file == chosen.data / "secret" else chosen.secret_file,
        )
    if running:
        there = {name: text for name, text in addresses_in(chosen.data).items() if name not in chosen.said}
        chosen = replace(chosen, **there)
    return chosen


def workspace_of(chosen: Settings) -> Workspace:
    """What is in the folder; mistakes are problems in the answer. NoWorkspaceError: it has nothing of ours."""
    from kweek.workspace import read_workspace

    workspace = read_workspace(chosen.workspace)
    if not workspace.texts and (nothing := next((p for p in workspace.problems if p.code == "no-workspace"), None)):
        raise NoWorkspaceError(f"{nothing.what} {nothing.fix}")
    return workspace


def flow_named(asked: str, workspace: Path, *, tests: bool = False) -> str:
    """The name of the flow that is meant by its name, or by its file; whether there is one is not looked at. tests: or
    by the file of its tests. NotUnderstoodError: by a file of elsewhere, which no command would read."""
    flows, file = workspace / "flows", Path(asked)
    if not _is_said_as_file(file, asked, flows):
        return asked
    homes = [folder.resolve() for folder in ((flows, flows / "tests") if tests else (flows,))]
    there = file.is_file()
    places = (file, workspace / file, *(() if there else (flows / file,)))  # messages name it as the workspace sees it
    place = next((place for place in places if place.parent.resolve() in homes), None)
    match place:
        case Path(suffix=".yaml"):
            return place.stem
        case Path():
            raise NotUnderstoodError(f"nobody reads {asked} as a flow; its name must be {place.stem}.yaml")
        case None if there:
            fix = "copy it there, or name one of its flows"
            raise NotUnderstoodError(f"{asked} is not of this workspace ({flows}); {fix}")
        case None:
            raise NotUnderstoodError(f"there is no file {asked}; give the name of a flow, or its file in {flows}")


def _is_said_as_file(file: Path, asked: str, flows: Path) -> bool:
    """A flow goes before a file here that has no more than its name."""
    looks_so = "/" in asked or file.suffix in (".yaml", ".yml")
    return looks_so or (file.is_file() and not (flows / f"{asked}.yaml").is_file())


def look_for_folder(option: str, file: str | Path) -> None:
    """NotUnderstoodError, before anything is worked out: the file could not be written there."""
    if not Path(file).absolute().parent.is_dir():
        raise NotUnderstoodError(f"{option}: there is no folder {Path(file).parent}; make it first")


def own_of(workspace: Workspace, language: str) -> Own:
    """What this workspace calls its events, outcomes and flows: as its drafts say it."""
    from kweek.words.own import own_words

    titles = {name: flow.title.value for name, flow in workspace.flows.items() if flow.title}
    return own_words(language, workspace.rules, workspace.surveys.values(), titles)


def web_port(chosen: Settings) -> int:
    """Where the pages are served: at the port of their address where that is this machine, else at 8000."""
    base = urlsplit(chosen.base_url)
    return base.port if base.port and base.hostname in ("127.0.0.1", "localhost", "::1") else 8000


def listen(host: str, number: int) -> socket.socket:
    """A port of our own. KweekError where it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, number), family=family, backlog=2048)
    except OSError as error:
        raise cannot_listen(host, number, error, "--port") from None


def cannot_listen(host: str, number: int, error: OSError, choose: str) -> KweekError:
    """choose: by which option or setting the port is chosen."""
    why = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
    return KweekError(f"cannot listen at {host}:{number}: {why}. Choose another with {choose}")


def me(otherwise: str) -> str:
    """Who sits at this terminal. otherwise: where nobody can tell."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may know no name for its user
        return otherwise


def port(text: str) -> int:
    """A port that a program may listen on; argparse shows what it refuses."""
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"“{text}” is no port; ports go from 1 to 65535")
    return int(text)


def say(line: str) -> None:
    """Progress is for people: on stderr, so that stdout stays what a script asked for."""
    print(line, file=sys.stderr, flush=True)
