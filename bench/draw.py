"""How long does a picture take? Layout and SVG of flows of 3, 15 and 60 steps, in this process; and a picture as PNG.

python -m bench.draw        `make lint test` does not run it
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from kweek.draw import lay_out, svg
from kweek.pixels import png
from kweek.words import Tongue
from tests.unit.drawn_flows import of_size

ROUNDS = 50


def measured(work: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float, float]:
    """Milliseconds of the processor: the first time, the median, the longest of the others."""
    times: list[float] = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        times.append((time.process_time() - begin) * 1000)
    return times[0], statistics.median(times), max(times[1:])


def main() -> None:
    """One line for each size."""
    say = Tongue("en")
    print("steps      first   median  longest  kB")
    for steps in (3, 15, 60):
        flow = of_size(steps)
        first, median, longest = measured(lambda flow=flow: svg(lay_out(flow, say)))
        size = len(svg(lay_out(flow, say)).encode()) / 1000
        print(f"{steps:5} {first:7.1f} ms {median:5.1f} ms {longest:5.1f} ms {size:3.0f}")
    drawn = svg(lay_out(of_size(60), say), theme="light")
    first, median, longest = measured(lambda: png(drawn), 5)
    print(f"60 as PNG {first:3.0f} ms {median:5.0f} ms {longest:5.0f} ms")


if __name__ == "__main__":
    main()
