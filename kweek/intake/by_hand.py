"""What did a colleague find out of a lead? A fact that he writes down on the lead's page, with what it rests on."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from sqlalchemy import Row

from kweek.intake.check_lead import LeadChecker, Vocabulary
from kweek.intake.incoming import Incoming, LeadIn, Recorded
from kweek.intake.outcomes import OutcomeError, Said
from kweek.intake.record import Ears, append
from kweek.leads import bant, events
from kweek.leads.bant import Found
from kweek.leads.database import Database
from kweek.leads.merged import living_tx

NOTED = "fact_noted"
NOTHING = "nothing"
"""Was known of it."""


def note_fact(
    db: Database,
    lead_id: str,
    fact: str,
    value: str,
    said: Said,
    words: Vocabulary,
    ears: Ears,
    seen: str | None = None,
) -> Recorded:
    """said: its note is the evidence, in words. seen: what he saw to be known, as `seen_of` says it; None: he did not
    look. OutcomeError: there is no such fact or value, nobody could say afterwards on what it rests, or somebody found
    it out since he looked (`meanwhile`). NoSuchLead."""
    kind = words.facts.types.get(fact)
    if kind is None:
        raise OutcomeError(f"There is no fact “{fact[:60]}”.", tuple(words.facts.types), "fact")
    if LeadChecker(words, said.at).fact_value(kind, value, "value") is None:
        raise OutcomeError(f"“{value[:60]}” is no value of {fact}.", tuple(kind.values), "value")
    if not said.note:
        raise OutcomeError("Say on what it rests.", field="evidence")
    found = Found(fact, value, "person", words.facts.expires(fact, value, said.at), said.note, said.by)
    name = f"{lead_id}/noted/{fact}/{said.id or said.at.isoformat()}"
    event = Incoming(
        name, NOTED, said.at, LeadIn(id=lead_id, facts=(found,)), {fact: value}, by=said.by, note=said.note
    )
    with living_tx(db, lead_id) as (tx, its):
        known = seen_of(bant.of_lead(tx, its).get(fact))
        if seen is not None and known != seen and events.find(tx, name) is None:
            raise OutcomeError("Somebody found this out since you looked.", field="meanwhile")
        return append(tx, its, event, said.at, ears)


def seen_of(known: Row[Any] | None) -> str:
    """A mark of what is known of a fact, which is another one as soon as somebody says anything of it."""
    return NOTHING if known is None else blake2b(f"{known.source} {known.at}".encode(), digest_size=8).hexdigest()
