"""What do workflow and activities say to each other? Ids, moments and step names: nothing that identifies a person."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LeadStart:
    """Input of the workflow. n: the turn that the run before it took last; 0: it knows nothing and believes the row."""

    lead: str
    n: int = 0


@dataclass(frozen=True, slots=True)
class TurnInput:
    """n: the last turn that the workflow knows of. now: `workflow.now()`, real time. failed: keys of effects whose
    activity gave up."""

    lead: str
    n: int
    now: datetime
    failed: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class TurnAnswer:
    """What the workflow shall do, derived from the rows, so that a turn that is tried again answers the same.

    start: `<activity> <key>` of every pending effect that is due; what flies already is left alone. wake_at: real
    time. details: for people.
    """

    n: int
    open: bool = True
    start: list[str] = field(default_factory=list[str])
    cancel: list[str] = field(default_factory=list[str])
    wake_at: datetime | None = None
    details: str = ""

    def brief(self) -> dict[str, object]:
        """As a history keeps it, for years: without what is as usual."""
        usual = asdict(TurnAnswer(0))
        return {name: value for name, value in asdict(self).items() if value != usual[name] or name == "n"}


@dataclass(frozen=True, slots=True)
class Window:
    """What upkeep looks at: after `since`, up to and with `until`, real time. every: seconds until the next look."""

    since: datetime
    until: datetime
    every: float


@dataclass(frozen=True, slots=True)
class Rescored:
    """How far it is. after: id of the last lead that was done. rules: by which (a stamp); other ones begin anew. leads:
    how many were done, `of` how many. changed: whose points or grade did. failed: on how many a rule failed. job: the
    row that tells of it, once it was begun, or asked for on a page."""

    after: str = ""
    rules: str = ""
    leads: int = 0
    of: int = 0
    changed: int = 0
    failed: int = 0
    done: bool = False
    job: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """done: nothing is left to do for this file. wait: seconds of real time until the next of it."""

    done: bool = False
    wait: float = 0.0
