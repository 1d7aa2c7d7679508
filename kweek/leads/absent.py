"""Is there what a filter names? A list of nobody is no answer to a slip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from kweek.leads.listed import Wanted
from kweek.leads.publish import published
from kweek.leads.tables import campaigns, enrolments, leads


def absent(read: Connection, wanted: Wanted) -> Mapping[str, Sequence[str]]:
    """Filter → those that there are, where it names a flow that was never published, or a campaign that nobody made
    and nobody came from."""
    found = dict[str, Sequence[str]]()
    if wanted.flow and not _walked(read, wanted.flow):
        flows = [row.flow for row in published(read)]
        if wanted.flow not in flows:
            found["flow"] = flows
    if wanted.campaign and not _came(read, wanted.campaign):
        known = list(read.execute(select(campaigns.c.id).order_by(campaigns.c.id)).scalars())
        if wanted.campaign not in known:
            found["campaign"] = known
    return found


def _walked(read: Connection, flow: str) -> bool:
    """Also one that is published no more."""
    return read.execute(select(enrolments.c.id).where(enrolments.c.flow == flow).limit(1)).first() is not None


def _came(read: Connection, campaign: str) -> bool:
    return read.execute(select(leads.c.id).where(leads.c.campaign == campaign).limit(1)).first() is not None
