"""What if the machine does not know how to go on? It never drops a lead and never runs in circles: a person is asked.

`carry on` tries again from where it stands; `leave` ends the enrolment `done`. Asked is where:

- `undelivered`: a mail could not be delivered and the author named no way for that. Our own fault must not discard a
  lead, so `else` does not apply; it carries on below, and where nothing is below, a person looks.
- `circles`: 200 steps without any time passing. The linter proves that this cannot be; if it is, nothing runs away.
- `nowhere`: a path ends without an end, which the linter refuses too.
- `flow <name>`: the lead was moved between flows 20 times in 30 days and would be moved there once more.
"""

from __future__ import annotations

from typing import Final

from kweek.flow.machine.work import Work
from kweek.flow.state import Token

CARRY_ON: Final = "carry on"
LEAVE: Final = "leave"
MOST_HOPS: Final = 200
_TITLES: Final = {
    "undelivered": "A mail could not be delivered",
    "circles": "This lead went in circles",
    "nowhere": "This lead has nowhere to go",
}


def ask(work: Work, of: str, step: str, reason: str) -> None:
    """Give someone a task, and wait at this step for what he says."""
    title = _TITLES.get(reason, "This lead was moved between flows too often")
    key = work.issue(
        of, step, "open_task", reason,
        title=title, to="manager", outcomes=[CARRY_ON, LEAVE], deadline=None, rests=False,
    )  # fmt: skip
    work.stand(of, step, ref=key, asks=reason)


def flow_asked(token: Token) -> str | None:
    """The flow that it would have been moved to once more."""
    return token.asks.removeprefix("flow ") if token.asks and token.asks.startswith("flow ") else None
