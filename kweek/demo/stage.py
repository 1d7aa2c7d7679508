"""What do make-believe people see, and what can they do? The doors of a house, its mailboxes and its desks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from kweek.demo.days import Days
from kweek.flow.plan import Plan
from kweek.flow.state import Value


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in a lead's mailbox. number: under which the catcher has it. person: whose it is, by the id that the lead
    came with. links: name → where its tracked link is."""

    number: int
    key: str
    person: str
    name: str
    at: datetime
    pixel: str | None
    links: Mapping[str, str]
    survey: str | None
    leave: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """To which step of which plan a mail or a task belongs."""

    plan: Plan
    step: str


@dataclass(frozen=True, slots=True)
class Walk:
    """A lead took this row of its flow; row None: it came to this step."""

    person: str
    flow: str
    version: str
    step: str
    row: str | None


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call that may be tried now. tries: so far."""

    key: str
    person: str
    script: str
    queue: str
    tries: int


@dataclass(frozen=True, slots=True)
class OpenHandover:
    key: str
    person: str
    team: str
    owner: str | None


@dataclass(frozen=True, slots=True)
class OpenTask:
    key: str
    person: str
    assignee: str | None
    outcomes: tuple[str, ...]


class Stage(Protocol):
    """Where they act. The demo's is a real house."""

    def now(self) -> datetime: ...

    def days(self) -> Days: ...

    # --- what leads do --------------------------------------------------------------------------------

    def tell(self, events: Sequence[Mapping[str, object]]) -> None:
        """What a website, a form or a stand at a fair reports."""
        ...

    def look(self, address: str) -> None:
        """A picture that a mail program loads, or a link that is pressed."""
        ...

    def answer(self, address: str, answers: Mapping[str, Any]) -> None: ...

    def leave(self, address: str) -> None:
        """With one click (RFC 8058)."""
        ...

    def come_back(self, letter: Letter, action: str, words: str = "") -> None:
        """`reply`, `bounce` or `complain`."""
        ...

    def out_of_office(self, letter: Letter) -> None:
        """What a mailbox answers by itself (RFC 3834)."""
        ...

    # --- what colleagues do ---------------------------------------------------------------------------

    def act(self, path: str, by: str, **said: Value | Mapping[str, object]) -> bool:
        """False: it was too late, or somebody else has it."""
        ...

    # --- what lies there ------------------------------------------------------------------------------

    def letters(self) -> list[Letter]:
        """Mails to leads that came since the last look."""
        ...

    def open_calls(self) -> list[OpenCall]: ...

    def open_handovers(self) -> list[OpenHandover]: ...

    def open_tasks(self) -> list[OpenTask]: ...

    def walks(self) -> list[Walk]:
        """What leads did in their flows since the last look."""
        ...

    def place(self, key: str) -> Place | None:
        """To which step a mail or a task belongs. None: to nothing that is published (any more)."""
        ...

    def plans(self) -> list[Plan]: ...

    def plan(self, version: str) -> Plan: ...
