"""How soon does a command say something? On a terminal: its first sign, and all that it says.

    python -m bench.answers

Each command three times, the best of them; a command that has never run on this machine compiles itself first.
"""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kweek.cli import COMMANDS

ROOT: Final = Path(__file__).parent.parent
MOST: Final = 0.5  # seconds
FLOW: Final = "brochure-request"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        asked: list[list[str]] = [[command, "--help"] for command in COMMANDS]
        asked += [
            ["lint"], ["lint", FLOW], ["test", FLOW], ["draw", FLOW], ["simulate", FLOW], ["schema"], ["reference"],
            ["new", "flow", "welcome", "--workspace", folder], ["doctor", "--data", folder],
        ]  # fmt: skip
        for words in asked:
            first, whole = min(_answer(words) for _ in range(3))
            late = "" if first <= MOST else f"   more than {MOST} s"
            print(f"{' '.join(words[:2]):28} first {first:5.2f} s, whole {whole:5.2f} s{late}")


def _answer(words: Sequence[str]) -> tuple[float, float]:
    """Seconds to the first character, and to the end."""
    ours, theirs = pty.openpty()
    started, first = time.perf_counter(), None
    process = subprocess.Popen(
        [sys.executable, "-m", "kweek", *words], stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL, cwd=ROOT
    )
    os.close(theirs)
    while _read(ours):
        first = first or time.perf_counter() - started
    process.wait()
    os.close(ours)
    whole = time.perf_counter() - started
    return first or whole, whole


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux says the end so
        return b""


if __name__ == "__main__":
    main()
