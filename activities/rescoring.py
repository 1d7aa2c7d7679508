"""Who is rescored next? Some leads behind the last one that was done, by the rules that are in force now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic
from typing import Final

from temporalio import activity

from kweek.intake.ears import FlowEars
from kweek.intake.rescoring import count, rescore
from kweek.leads import rescorings
from kweek.leads.clock import FlowTime
from kweek.leads.database import Database
from kweek.leads.whole import all_stand_by
from workflows.messages import Rescored

AT_A_TIME: Final = 2.0  # seconds: so much is done again where a worker dies


class Rescorer:
    """ears: what is in force."""

    def __init__(self, database: Database, clock: FlowTime, ears: Callable[[], FlowEars]) -> None:
        self.database, self.clock, self.ears = database, clock, ears

    @activity.defn(name="rescore_some", no_thread_cancel_exception=True)
    def rescore_some(self, so_far: Rescored) -> Rescored:
        """A few seconds' worth. Where the rules have changed since the first lead was done, it begins anew; what
        was stopped is done."""
        ears, until = self.ears(), monotonic() + AT_A_TIME
        rules = ears.scores.stamp
        with self.database.read() as read:
            row = rescorings.one(read, so_far.job)
        if row is not None and (row.status == "stopped" or (row.status == "done" and not so_far.rules)):
            return replace(so_far, done=True)
        if row is None or rules != so_far.rules:
            so_far = self._begun(so_far.job or activity.info().workflow_run_id or "", rules)

        def in_time() -> bool:
            return monotonic() < until

        for batch in rescore(self.database, ears, so_far.after, self._now, in_time, so_far.job):
            so_far = replace(
                so_far,
                after=batch.last,
                leads=so_far.leads + batch.leads,
                failed=so_far.failed + len(batch.failed),
            )
            activity.heartbeat(so_far.leads)
        done = in_time()
        with self.database.write() as tx:
            ended = self._now() if done else None
            if done and (row := rescorings.one(tx, so_far.job)) is not None and row.status == "running":
                all_stand_by(tx, rules)
            changed = rescorings.note(tx, so_far.job, so_far.leads, so_far.failed, datetime.now(UTC), ended)
        return replace(so_far, changed=changed, done=done)

    def _begun(self, job: str, rules: str) -> Rescored:
        """The same one again, where nobody heard that it was begun."""
        with self.database.read() as read:
            of = count(read)
        with self.database.write() as tx:
            job = rescorings.begin(tx, job, rules, of, self._now(), datetime.now(UTC))
        return Rescored(rules=rules, of=of, job=job)

    def _now(self) -> datetime:
        return self.clock.flow(datetime.now(UTC))
