"""What would the rules change? Reckoned for every lead beside the pages, one at a time; any copy of the web tells it.

A page that waited for a hundred thousand leads would be given up by its reader. So it is done in a thread of its own,
which tells in the books how far it is; what it found stands there, too.
"""

from __future__ import annotations

import secrets
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Row

from kweek.intake.rescoring import Preview, preview
from kweek.leads import rescorings
from kweek.leads.reckoned import Scores
from kweek.web.house import House

log = structlog.get_logger()

FAILURES: Final = 50  # that are listed
_TELL: Final = 1.0  # seconds between two tellings
_SILENT: Final = timedelta(seconds=30)


def is_silent(row: Row[Any]) -> bool:
    """Who did this preview is gone."""
    return row.status == "running" and datetime.now(UTC) - row.told_real > _SILENT


def begin_preview(
    house: House, by: str | None, once: str | None = None, scores: Scores | None = None, file: str | None = None
) -> threading.Thread | None:
    """It ends by itself. once: the form's name, by which it is begun once. scores: of the file of this name, instead of
    what is in force. None: one is being made, or was by this name."""
    scores, job = scores or house.rules.in_force().ears.scores, once or secrets.token_hex(6)
    with house.db.write() as tx:
        row = rescorings.looked(tx)
        if row is not None and (row.id == job or (row.status == "running" and not is_silent(row))):
            return None
        if not rescorings.look(tx, job, scores.stamp, by, house.now(), datetime.now(UTC), file):
            return None
    thread = threading.Thread(target=_reckon, args=(house, scores, job, file), daemon=True)
    thread.start()
    return thread


def _reckon(house: House, scores: Scores, job: str, file: str | None) -> None:
    last = time.monotonic() - _TELL

    def told(done: int, of: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _TELL:
            last = time.monotonic()
            with house.db.write() as tx:
                rescorings.told(tx, job, done, of, datetime.now(UTC))

    try:
        found = preview(house.db, scores, house.now(), told)
        with house.db.write() as tx:
            rescorings.told(tx, job, found.leads, found.leads, datetime.now(UTC))
            rescorings.found(tx, job, {**_kept(found), "file": file}, len(found.failed), house.now())
    except Exception as error:  # the page says so after a while, and it can be asked for again
        log.warning("the preview was broken off", error=type(error).__name__)


def _kept(found: Preview) -> dict[str, object]:
    return {
        "points": found.points, "before": dict(found.before), "flows": dict(sorted(found.flows.items())),
        "moves": [[old, new, count] for (old, new), count in sorted(found.grades.items())],
        "failed": sorted(found.failed.items())[:FAILURES],
    }  # fmt: skip
