"""What can the command line do? A thin table: every command is a module of `kweek.commands`, imported when it is used.

Exit codes: 0 fine, 1 problems found, 2 not understood, 3 a part of the house is away.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from keyword import iskeyword
from typing import Any, Final, NoReturn, Protocol, cast

from kweek.errors import KweekError

COMMANDS: Final = {
    "up": "the whole house on this machine: server, worker, web, mail catcher",
    "demo": "make-believe leads walk the flows: two months in five minutes",
    "worker": "run a worker alone",
    "web": "run the pages and the interface alone",
    "new": "begin a flow or a workspace",
    "lint": "prove that the flows are sound",
    "test": "run the tests of the flows",
    "draw": "show a flow as a picture",
    "simulate": "let a thousand make-believe leads walk through a flow",
    "reference": "tell the words of the language",
    "schema": "print what may stand in a file, for editors",
    "publish": "make the flows that are drafts into versions that leads walk",
    "pause": "stop a flow: no mail of it leaves, and its leads stand still",
    "resume": "let a paused flow go on",
    "export": "write the list of leads to a file",
    "rescore": "bring all leads to the points that the rules give now",
    "cost": "enter what campaigns cost, from a file",
    "import": "take a CSV file of people in as leads",
    "imports": "show what was imported, stop it, undo it",
    "catcher": "run the mail catcher alone",
    "receive": "take a bounce, a reply or a farewell from a mail server",
    "migrate": "bring the database up to date",
    "key": "make and revoke keys for the interface",
    "outgoing": "show where webhooks and channels lead, and try them",
    "doctor": "check each part, and say what to do",
}

_NO_FOLDER: Final = "a file stands where a folder should be"
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)  # writing does not say to which file


class Command(Protocol):
    """What a module of `kweek.commands` offers."""

    def add(self, commands: Any) -> None:
        """Add its parser, with `--help` and an example."""
        ...

    def run(self, args: argparse.Namespace) -> int:
        """Do it; the exit code."""
        ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command."""
    words = list(sys.argv[1:] if argv is None else argv)
    name = " ".join(("kweek", *(word for word in words[:1] if word in COMMANDS)))
    try:
        return _run(words)
    except KweekError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # `kweek lint | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.filename is None and error.errno not in _NO_ROOM:
            raise
        where = f"{error.filename}: " if error.filename else ""
        why = _NO_FOLDER if error.errno in (errno.EEXIST, errno.ENOTDIR) else error.strerror
        print(f"{name}: {where}{why}", file=sys.stderr)  # a folder that may not be read, a full disk
        return 1
    except KeyboardInterrupt:
        return 130


def _run(words: Sequence[str]) -> int:
    parser = parser_of(words[0] if words else None)
    args = parser.parse_args(words)
    if args.command is None:
        parser.print_help()
        return 2
    return _command(args.command).run(args)


def parser_of(chosen: str | None) -> argparse.ArgumentParser:
    """Knows every command by name, and the chosen one whole: the others' modules are not imported."""
    parser = _Parser(
        prog="kweek",
        description="Follows up leads: flows written by marketers, walked by leads, never lost.",
        epilog="kweek COMMAND --help explains a command and shows an example.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name in _there():
        if name == chosen:
            command = _command(name)
            command.add(commands)
            parser.misuse = commands.choices[name].misuse = getattr(command, "MISUSE", 2)
        else:
            commands.add_parser(name, help=COMMANDS[name])
    return parser


class _Parser(argparse.ArgumentParser):
    misuse = 2  # `kweek receive` speaks to mail servers, which know other codes

    def error(self, message: str) -> NoReturn:
        self.exit(self.misuse, f"{self.prog}: {message}\n{self.format_usage()}")


def _there() -> tuple[str, ...]:
    return tuple(name for name in COMMANDS if importlib.util.find_spec(_module(name)))


def _command(name: str) -> Command:
    return cast("Command", importlib.import_module(_module(name)))


def _module(name: str) -> str:
    """A word of Python's own bears a line behind it."""
    return f"kweek.commands.{name}{'_' if iskeyword(name) else ''}"
