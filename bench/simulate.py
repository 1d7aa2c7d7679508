"""How fast is a simulation? `python -m bench.simulate`: the two that are promised, on one core.

Beside each stands how long this machine takes to add up ten million numbers: on a busy machine both take longer.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
from pathlib import Path
from time import process_time

from kweek.flow.simulate.arrivals import usual_arrivals
from kweek.flow.simulate.mix import usual
from kweek.flow.simulate.result import dump
from kweek.simulating import Crowding, simulate
from kweek.workspace import read_workspace
from kweek.worlds import world_of

PROMISED = (("brochure-request", 10_000, 60, 5), ("whitepaper-nurture", 100_000, 90, 90))


def calibrate() -> float:
    started = process_time()
    sum(range(10**7))
    return process_time() - started


def measure(flow: str, leads: int, days: int) -> tuple[float, float, str]:
    """Processor seconds, those of the calibration around it, and a hash of the JSON."""
    workspace = read_workspace(Path(__file__).parent.parent)
    world = world_of(workspace)
    plan = world.plans[flow]
    before, started = calibrate(), process_time()
    simulation = simulate(workspace, world, plan, Crowding(leads, days, 1, usual(plan), usual_arrivals(days)))
    taken = process_time() - started
    return taken, (before + calibrate()) / 2, hashlib.sha256(dump(simulation.as_json()).encode()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", type=float, nargs="?", default=1.0, help="of the promised leads (default: 1, all)")
    part = parser.parse_args().part
    for flow, leads, days, most in PROMISED:
        number = max(1, int(leads * part))
        taken, calibration, digest = measure(flow, number, days)
        print(
            f"{flow}: {number:,} leads × {days} days in {taken:.1f} s (at most {most} for {leads:,}); "
            f"{taken / number * 1e6:.0f} µs a lead; ten million numbers in {calibration:.3f} s; JSON {digest[:12]}"
        )
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB")


if __name__ == "__main__":
    main()
