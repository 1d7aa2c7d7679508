"""What may come in? One event about one lead, checked and typed: what `record` takes and nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kweek.errors import KweekError
from kweek.flow.state import Event, Value
from kweek.leads.bant import Found

OWN_COLUMNS = (
    "name", "first_name", "last_name", "phone", "job_title", "language", "country", "timezone",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ConsentIn:
    """A permission as it was given: `words` exactly as the person saw them."""

    channel: str  # email, telephone, open tracking, click tracking
    purpose: str
    words: str
    source: str
    words_version: str | None = None
    proof: str | None = None
    at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CompanyIn:
    """A company, known by its name, and what the sender says of it; None: nothing. parent: the name of the one that it
    is part of."""

    name: str
    country: str | None = None
    legal_form: str | None = None
    sector: str | None = None
    size: int | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class LeadIn:
    """Whose event it is, and what the sender says of that person.

    Known by `id` (ours: from a token or a task), else `external_id` (the sender's own), else `email`. `profile` holds
    the columns of OWN_COLUMNS that were sent; `fields` the workspace's own; `facts` what was found out. fills_only:
    anybody may have sent it, so what is known stays, and a person hears of the difference. forgets: names of profile
    and own fields, and `company`, of which nothing is to be known any more. by_hand: a colleague means this address,
    also where it was the lead's before; only he takes one away.
    """

    id: str | None = None
    email: str | None = None
    external_id: str | None = None
    company: CompanyIn | None = None
    profile: Mapping[str, str] = field(default_factory=dict[str, str])
    fields: Mapping[str, Value] = field(default_factory=dict[str, Value])
    consents: tuple[ConsentIn, ...] = ()
    facts: tuple[Found, ...] = ()
    fills_only: bool = False
    forgets: frozenset[str] = frozenset()
    by_hand: bool = False

    def only_who(self) -> LeadIn:
        """The same person, of whom nothing more is said."""
        return LeadIn(self.id, self.email, self.external_id)


@dataclass(frozen=True, slots=True)
class TouchIn:
    """From where the lead came in with this event. campaign: its id, as links and senders write it. source, medium:
    `utm_source`, `utm_medium`. more: whatever else the link said (`utm_term`, `referrer`)."""

    how: str  # form, import, api, mail, visit, person
    campaign: str | None = None
    source: str | None = None
    medium: str | None = None
    more: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Note:
    """What a person should hear of something that came in. once: it is about whoever sends such, not about this lead,
    and is said once."""

    code: str
    words: str
    once: bool = False


@dataclass(frozen=True, slots=True)
class Incoming:
    """`id` is the sender's: the same one twice is one event. `ref`: key of the effect that it is about. `by`, `note`:
    the colleague who did it, and what he wrote down. past: the lead did it before we knew it: it stands in the story
    and counts, and no flow hears of it. mass: it is one of many at once, and its bell lets others pass."""

    id: str
    kind: str
    at: datetime
    lead: LeadIn
    data: Mapping[str, Value] = field(default_factory=dict[str, Value])
    ref: str | None = None
    by: str | None = None
    note: str | None = None
    notes: tuple[Note, ...] = ()
    touch: TouchIn | None = None
    past: bool = False
    mass: bool = False


def told_by(incoming: Incoming, sender: str | None) -> Incoming:
    """Its facts with what they rest on: this event, by its id. sender: the name of the key that sent it."""
    evidence = f"{incoming.kind} · {incoming.id}"
    facts = tuple(dataclasses.replace(fact, by=sender, evidence=evidence) for fact in incoming.lead.facts)
    return dataclasses.replace(incoming, lead=dataclasses.replace(incoming.lead, facts=facts)) if facts else incoming


@dataclass(frozen=True, slots=True)
class Recorded:
    """The event as it stands in our books; `fresh`: it was not there before. untold: of what happened with it, and it
    itself, other programs have yet to hear."""

    lead_id: str
    seq: int
    fresh: bool
    untold: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of what was sent. `field` is its path: `lead.email`, `data.starts_at`. sentence: in
    English, with places for the values."""

    field: str
    sentence: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict[str, object])

    @property
    def words(self) -> str:
        return self.sentence.format(**self.values) if self.values else self.sentence


class BadEventError(KweekError):
    """What came in cannot be taken; nothing of it was stored."""

    def __init__(self, faults: list[Fault], what: str = "event") -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.words}" for fault in faults))
        self.faults, self.what = faults, what


class OtherEventError(KweekError):
    """This id was already used, for another event."""
