"""What do commands share? The settings that options override, and one way to speak."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from kweek.config import Settings, settings


def add_workspace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workspace", metavar="DIR", help="folder with flows/, rules/, … (default: this one)")


def settings_of(args: argparse.Namespace) -> Settings:
    """The settings, with `--workspace` and `--data` before the environment and kweek.toml."""
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
    return chosen


def port(text: str) -> int:
    """A port that a program may listen on; argparse shows what it refuses."""
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"“{text}” is no port; ports go from 1 to 65535")
    return int(text)


def say(line: str) -> None:
    """Progress is for people: on stderr, so that stdout stays what a script asked for."""
    print(line, file=sys.stderr, flush=True)
