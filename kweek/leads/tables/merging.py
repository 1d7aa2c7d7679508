"""Who may be one and the same, and who was found to be?"""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from kweek.leads.tables.columns import Moment, metadata

duplicates = Table(
    "duplicates", metadata,  # two leads who may be one person: a colleague says
    Column("id", Integer, primary_key=True),
    Column("first_id", Text, ForeignKey("leads.id"), nullable=False),  # the smaller of both ids
    Column("second_id", Text, ForeignKey("leads.id"), nullable=False),
    Column("why", Text, nullable=False),  # name and company, telephone, address
    Column("likeness", Float, nullable=False),  # of 1
    Column("at", Moment, nullable=False),
    Column("status", Text, nullable=False),  # open, merged, different
    Column("by", Text),
    Column("decided_at", Moment),
    UniqueConstraint("first_id", "second_id"),
    Index("ix_duplicates_status", "status"),
    Index("ix_duplicates_second_id", "second_id"),
)  # fmt: skip

likeness_keys = Table(
    "likeness_keys", metadata,  # by which a lead is found among those with whom it is compared: `kweek.leads.likeness`
    Column("lead_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Index("ix_likeness_keys_key", "key"),
)  # fmt: skip

looks = Table(
    "looks", metadata,  # how far somebody has come who looks at all events or some leads, a few at a time
    Column("name", Text, primary_key=True),  # duplicates; company/…, campaign/…: `kweek.leads.in_common`
    Column("at", Moment, nullable=False),  # `recorded_at` of the last one; when that thing changed
    Column("lead_id", Text, nullable=False),
)  # fmt: skip

merges = Table(
    "merges", metadata,
    Column("id", Integer, primary_key=True),
    Column("kept_id", Text, ForeignKey("leads.id"), nullable=False),
    Column("gone_id", Text, ForeignKey("leads.id"), nullable=False),
    Column("moved", JSON, nullable=False),  # what has to be put back where it was
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("undone_by", Text),
    Column("undone_at", Moment),
    Index("ix_merges_kept_id", "kept_id"),
    Index("ix_merges_gone_id", "gone_id"),
)  # fmt: skip
