"""`kweek reference`: which words are there? The language word by word, or one of its words."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from kweek.commands.common import say

EXAMPLE = """examples:
  kweek reference                        every word that may stand in a file of a workspace
  kweek reference send                   one verb, with its options, events and states
  kweek reference functions              what conditions may ask
  kweek reference -o docs/reference.md

Exit: 0 told, 1 the file cannot be written, 2 there is no such word."""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "reference",
        help="tell the words of the language",
        description="Every word of flows, tests, surveys, rules and mails, and what it may hold, as Markdown.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("word", nargs="?", metavar="WORD", help="a verb, a kind of file, conditions, … (default: all)")
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write it (default: stdout)")


def run(args: argparse.Namespace) -> int:
    from kweek.reference import page

    if args.word is None:
        text = page()
    elif (found := _about(args.word)) is None:
        return 2
    else:
        text = found
    if args.output:
        Path(args.output).write_text(text, "utf-8")
    else:
        sys.stdout.write(text)
    return 0


def _about(word: str) -> str | None:
    """Its section; of a word that is an option, those of the words that have it."""
    from kweek.flow.problems import did_you_mean
    from kweek.reference import sections

    known = list(sections())
    found = [one for one in known if word in (one.word, one.title)] or [one for one in known if one.tells(word)]
    if not found:
        say(f"kweek reference: there is no word “{word}”. {did_you_mean(word, [one.word for one in known])}")
        return None
    return "\n".join(f"{section}\n" for section in found)
