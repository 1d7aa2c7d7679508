"""What does Kweek cost beside a workflow that was written by hand for the same flow? `python -m bench.engine`.

One Temporal server, one worker process at a time, the same leads, the same mail relay; the two take turns, and the
median of the rounds counts. People and doorbells are in this process, whose time is nobody's.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import tempfile
from pathlib import Path
from statistics import median
from typing import Final

from bench.counting import HOW
from bench.course import Course, connect
from bench.parked import memory
from bench.rounds import Round, run_round

NAMES: Final = ("kweek", "by-hand")


async def race(leads: int, rounds: int, parked: int) -> None:
    with tempfile.TemporaryDirectory(prefix="kweek-bench-") as folder:
        course = Course(Path(folder))
        try:
            client = await connect(course.port)
            load = os.getloadavg()[0]
            won: dict[str, list[Round]] = {name: [] for name in NAMES}
            for number in range(rounds):
                for name in NAMES if number % 2 == 0 else reversed(NAMES):
                    one = await run_round(course, client, name, leads)
                    won[name].append(one)
                    print(f"  {name:8} {one.per_second:5.1f} leads/s  {one.worker * 1e3:6.1f} ms a lead", flush=True)
            loads = f"load average {load:.1f} before, {os.getloadavg()[0]:.1f} after"
            print(f"\n{rounds} rounds of {leads} leads each; {loads}")
            _table(won)
            if parked:
                print("\n" + await memory(course, client, parked))
            del client
            gc.collect()
            await asyncio.sleep(0.2)
        finally:
            course.close()


_LINES: Final = (
    ("leads a second", "per_second", 1.0, "1", "≥ 0.80"),
    ("worker CPU, ms", "worker", 1e3, "1", "≤ 1.30"),
    ("server CPU, ms", "server", 1e3, "1", ""),
    ("history events", "events", 1.0, "1", ""),
    ("history bytes", "size", 1.0, "0", ""),
    ("billable actions", "actions", 1.0, "2", "≤ 1.00"),
    ("… with signal-with-start as two", "strict", 1.0, "2", ""),
    ("parked: events", "parked_events", 1.0, "1", ""),
    ("parked: history bytes", "parked_size", 1.0, "0", ""),
    ("parked: bytes in the server's tables", "parked_stored", 1.0, "0", "≤ 1.10"),
)


def _table(won: dict[str, list[Round]]) -> None:
    print(f"\n{'for each lead':38}{'Kweek':>10}{'by hand':>10}{'ratio':>8}")
    for words, name, times, digits, target in _LINES:
        ours, theirs = (median(getattr(one, name) for one in won[who]) * times for who in NAMES)
        print(f"{words:38}{ours:10.{digits}f}{theirs:10.{digits}f}{ours / theirs:8.2f}  {target}")
    print()
    for who in NAMES:
        print(f"{who}: {', '.join(f'{name} {count:.2f}' for name, count in won[who][-1].what.items())}")
    print(f"\n{HOW}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=200, help="in each round (default: 200)")
    parser.add_argument("--rounds", type=int, default=3, help="of each contestant (default: 3)")
    parser.add_argument("--parked", type=int, default=100, help="leads for the look at memory, three times; 0: none")
    args = parser.parse_args()
    asyncio.run(race(args.leads, args.rounds, args.parked))


if __name__ == "__main__":
    main()
