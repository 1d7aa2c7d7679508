"""Where do leads come from, and what did that cost?"""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, Float, ForeignKey, Index, Integer, Table, Text

from kweek.leads.tables.columns import Moment, lead_id, metadata

campaigns = Table(
    "campaigns", metadata,
    Column("id", Text, primary_key=True),  # as links and senders name it, tidied: spring-fair
    Column("title", Text, nullable=False),  # what people call it
    Column("parent_id", Text, ForeignKey("campaigns.id")),
    Column("channel", Text),
    Column("norm_roi", Float),  # 3: a euro is to bring three
    Column("created_at", Moment, nullable=False),
)  # fmt: skip

costs = Table(
    "costs", metadata,
    Column("id", Integer, primary_key=True),
    Column("campaign_id", Text, ForeignKey("campaigns.id"), nullable=False),
    Column("on", Date, nullable=False),
    Column("cents", Integer, nullable=False),  # of the workspace's money
    Column("words", Text),
    Column("by", Text),
    Column("at", Moment, nullable=False),
    Column("once", Text, unique=True),  # by which the same entry is known again: a row of a file, a form
    Column("takes_back", Integer, ForeignKey("costs.id"), unique=True),
    Index("ix_costs_campaign_id", "campaign_id"),
)  # fmt: skip

touches = Table(
    "touches", metadata,  # every time that a lead came in from somewhere
    Column("id", Integer, primary_key=True),
    lead_id(),
    Column("campaign", Text),
    Column("how", Text, nullable=False),  # form, import, api, mail, visit, person
    Column("source", Text),  # utm_source and its like
    Column("medium", Text),
    Column("more", JSON, nullable=False, default=dict),  # utm_term, utm_content, referrer
    Column("event_id", Text),
    Column("at", Moment, nullable=False),
    Index("ix_touches_lead_id", "lead_id"),
    Index("ix_touches_campaign", "campaign", "lead_id", "at"),
)  # fmt: skip
