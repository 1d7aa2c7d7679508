"""`kweek receive`: what came back? Takes one message from a mail server on stdin: a bounce, a reply, a farewell.

It speaks the language of mail servers: the exit codes of sysexits.h. Whatever fails here is not the sender's fault, so
the server is asked to keep the message and to come again; nothing is taken in twice.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any, Final

from kweek.commands.common import say, settings_of
from kweek.errors import KweekError

if TYPE_CHECKING:
    from kweek.intake.bounces import Received

MISUSE: Final = os.EX_USAGE
_NULL_SENDERS: Final = ("", "<>", "MAILER-DAEMON")  # the last one is how Postfix says it

EXAMPLE = """example, as Postfix's pipe(8) or any other delivery agent gives it a message:
  kweek receive --recipient bounces+…@mail.example.com --sender "" < message

Which addresses to give it, and how, is in docs/operating.md, “What comes back”.

Exit: 0 taken, or about no mail of ours; 64 not understood; 65 this is no message; 75 come again later: the database is
away, or something else here has to be put right."""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "receive",
        help="take a bounce, a reply or a farewell from a mail server",
        description="Reads one message on stdin. Replies, automatic answers, delivery reports, complaints and mails to "
        "the unsubscribe address reach the lead that had the mail; of anything else nothing is kept.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--recipient", metavar="ADDRESS", type=_address, required=True, help="to whom it is delivered")
    parser.add_argument(
        "--sender", metavar="ADDRESS", help="from whom, by its envelope; empty for the null sender of machines"
    )
    parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: .kweek)")


def run(args: argparse.Namespace) -> int:
    from kweek.intake.mail_kinds import is_message

    raw = sys.stdin.buffer.read()
    if not is_message(raw):
        say("kweek receive: this is no message: it has no header")
        return os.EX_DATAERR
    try:
        received = _take(args, raw)
    except Exception as error:  # what it says of others' errors may hold a person's words, and the sender reads this
        why = str(error) if isinstance(error, KweekError) else type(error).__name__
        say(f"kweek receive: not taken, come again later: {why}")
        return os.EX_TEMPFAIL
    say(_said(received))
    return os.EX_OK


def _take(args: argparse.Namespace, raw: bytes) -> Received:
    from datetime import UTC, datetime

    from kweek.commands.books import check_books
    from kweek.intake.mailroom import mailroom
    from kweek.leads.clock import flow_clock
    from kweek.leads.database import open_database

    settings = settings_of(args)
    _ = settings.secret  # before a database is looked for, and made, in a folder that is not there now
    sender = "" if args.sender in _NULL_SENDERS else args.sender
    database = open_database(settings.database_url)
    try:
        check_books(database, settings)
        clock = flow_clock(database)
        room = mailroom(database, lambda: clock.flow(datetime.now(UTC)), settings)
        return room.take(args.recipient, sender, raw)
    finally:
        database.close()


def _said(received: Received) -> str:
    if received.key is None:
        return "kweek receive: about no mail of ours: nothing was done"
    return f"kweek receive: {received.meant}, for the mail {received.key}"


def _address(text: str) -> str:
    if "@" not in text.strip("<>@"):
        raise argparse.ArgumentTypeError(f"“{text}” is no address")
    return text
