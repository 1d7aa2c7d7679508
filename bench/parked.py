"""What does a worker hold of leads that wait? Three times as many, where ten workflows may be kept."""

from __future__ import annotations

import asyncio
import json
import os
import signal

from temporalio.client import Client

from bench.course import Course
from bench.rounds import at_rest, people_of
from kweek.leads.database import open_database


async def memory(course: Course, client: Client, leads: int) -> str:
    """Park so many leads three times: what the worker still holds after each, in words."""
    data = course.new_data()
    database = open_database(course.settings_in(data).database_url)
    people = people_of("kweek", client, database, course.settings_in(data))
    try:
        with course.contestant("kweek", data, "--cached", "10") as (pid, report):
            reports: list[dict[str, int]] = []
            for _ in range(3):
                await people.ask(leads)
                await at_rest(pid)
                report.unlink()
                os.kill(pid, signal.SIGUSR1)
                while not report.exists():
                    await asyncio.sleep(0.05)
                reports.append(json.loads(report.read_text()))
    finally:
        database.close()
    resident = ", ".join(f"{one['kB'] / 1024:.0f}" for one in reports)
    return (
        f"{3 * leads} leads parked, with room for 10 in memory: {reports[-1]['flows']} workflows are objects in the "
        f"worker, which holds {resident} MB after each {leads}"
    )
