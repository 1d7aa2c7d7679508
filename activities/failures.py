"""What may Temporal know of a failure? A code. The words go to our own database: a 550 carries an address."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any, Final

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from kweek.errors import KweekError
from kweek.leads.clock import FlowTime
from kweek.leads.database import Database
from kweek.leads.ledger import problem
from kweek.leads.workflow_ids import failing, lead_of

log = structlog.get_logger()

_AS_FAILED: Final = "Completing activity as failed"


class Failures(Interceptor):
    """Temporal would keep a failure's message, cause and stack for as long as it keeps the history, also those of a
    local activity, in its marker. It gets the name of the error's type and nothing else."""

    def __init__(self, database: Database, clock: FlowTime) -> None:
        self.database = database
        self.clock = clock
        logging.getLogger(activity.__name__).addFilter(_not_said_yet)  # the same one twice is one

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _CodesOnly(next, self.database, self.clock)


class _CodesOnly(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, database: Database, clock: FlowTime) -> None:
        super().__init__(next)
        self.database = database
        self.clock = clock

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        try:
            return await super().execute_activity(input)
        except (asyncio.CancelledError, CancelledError):
            raise
        except ApplicationError as error:  # thrown by an activity that has noted the words itself
            code, final, pause = error.type or "failed", error.non_retryable, error.next_retry_delay
            _say(code)
        except Exception as error:
            code, final, pause = type(error).__name__, False, None
            self._note(code, error)
        raise ApplicationError(code, type=code, non_retryable=final, next_retry_delay=pause) from None

    def _note(self, code: str, error: Exception) -> None:
        """For whoever looks into it. Where the database itself is away there is only the log, and no words in it."""
        about = activity.info()
        _say(code)
        workflow = about.workflow_id or ""
        key = failing(workflow, about.activity_type)
        words = str(error) if isinstance(error, KweekError) else repr(error)
        try:
            with self.database.write() as write:
                problem(write, lead_of(workflow), key, code, words, self.clock.flow(about.started_time))
        except KweekError:
            return


def _say(code: str) -> None:
    about = activity.info()
    log.warning("activity failed", activity=about.activity_type, attempt=about.attempt, code=code)


def _not_said_yet(record: logging.LogRecord) -> bool:
    """The SDK says the same once more, with a traceback of ours: ten lines for each mail that a relay puts off."""
    error = record.exc_info[1] if record.exc_info else None
    return not (isinstance(error, ApplicationError) and record.getMessage().startswith(_AS_FAILED))


def failure(code: str, pause: timedelta | None = None) -> ApplicationError:
    """For Temporal: a code and nothing else; the words are in `problems`. Temporal tries again, after `pause` if one
    was asked for."""
    return ApplicationError(code, type=code, next_retry_delay=pause)
