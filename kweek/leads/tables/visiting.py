"""Who looks at our website? Visitors, who are nobody in particular until they say who they are."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, Table, Text

from kweek.leads.tables.columns import Moment, metadata

visitors = Table(
    "visitors", metadata,
    Column("id", Text, primary_key=True),  # random; in a cookie of the website, once it is allowed
    Column("consent", Text, nullable=False),  # exactly the words that were agreed to
    Column("at", Moment, nullable=False),
    Column("lead_id", Text, ForeignKey("leads.id")),  # who it turned out to be
    Column("joined_at", Moment),
    Column("next_id", Text),  # the visitor that this browser is since it turned out to be another lead's as well
    Column("withdrawn_at", Moment),  # what was agreed to holds no longer
    Index("ix_visitors_lead_id", "lead_id"),
    Index("ix_visitors_at", "at"),
)  # fmt: skip

visits = Table(
    "visits", metadata,  # a page that was looked at, a file that was taken
    Column("id", Text, primary_key=True),  # the browser's
    Column("visitor_id", Text, ForeignKey("visitors.id"), nullable=False),
    Column("kind", Text, nullable=False),  # page.viewed, download.taken
    Column("what", Text, nullable=False),  # the path of the page, the name of the file
    Column("title", Text),
    Column("topic", Text),
    Column("source", JSON, nullable=False, default=dict),  # utm_… and the host that it came from
    Column("seconds", Integer),  # in sight
    Column("depth", Integer),  # percent of the page
    Column("at", Moment, nullable=False),
    Column("event_id", Text),  # of the lead's event that it became
    Index("ix_visits_visitor_id", "visitor_id", "at"),
    Index("ix_visits_at", "at"),
)  # fmt: skip
