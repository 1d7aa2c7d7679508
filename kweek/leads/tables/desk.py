"""What is there to do for people, and whose turn is it?"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, Table, Text

from kweek.leads.tables.columns import Moment, lead_id, metadata

call_tasks = Table(
    "call_tasks", metadata,
    Column("key", Text, primary_key=True),
    lead_id(),
    Column("enrolment_id", Text, nullable=False),
    Column("script", Text, nullable=False),
    Column("queue", Text),
    Column("priority", Text),
    Column("attempts_allowed", Integer, nullable=False),
    Column("apart", Text),
    Column("status", Text, nullable=False),  # open, taken, closed, withdrawn
    Column("taken_by", Text),
    Column("opened_at", Moment, nullable=False),
    Column("not_before", Moment),  # the next attempt, or the agreed call-back
    Column("call_back_at", Moment),
    Column("closed_at", Moment),
    Column("outcome", Text),
    Column("note", Text),  # why it may not be called, where that is the outcome
    Index("ix_call_tasks_status", "status"),
    Index("ix_call_tasks_lead_id", "lead_id"),
)  # fmt: skip

handovers = Table(
    "handovers", metadata,
    Column("key", Text, primary_key=True),
    lead_id(),
    Column("enrolment_id", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("owner", Text),
    Column("status", Text, nullable=False),  # open, accepted, closed
    Column("sales_ready", Boolean),
    Column("definition", Integer),  # by which it was judged: the number of a row in definitions
    Column("given_at", Moment, nullable=False),
    Column("follow_up_at", Moment),
    Column("contacted_at", Moment),
    Column("rungs", Integer, nullable=False, default=0),  # escalations so far
    Column("closed_at", Moment),
    Column("outcome", Text),
    Column("reason", Text),
    Column("later_on", Moment),
    Index("ix_handovers_status", "status"),
    Index("ix_handovers_lead_id", "lead_id"),
)  # fmt: skip

definitions = Table(
    "definitions", metadata,  # of sales ready: each by which a handover was judged
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("source", JSON, nullable=False),  # facts, needs, disqualified
    Column("at", Moment, nullable=False),  # of the first handover that it judged
)  # fmt: skip

tasks = Table(
    "tasks", metadata,
    Column("key", Text, primary_key=True),
    lead_id(),
    Column("enrolment_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("assignee", Text),
    Column("outcomes", JSON, nullable=False),
    Column("status", Text, nullable=False),  # open, taken, closed, withdrawn
    Column("taken_by", Text),
    Column("opened_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("closed_at", Moment),
    Column("outcome", Text),
    Index("ix_tasks_status", "status"),
    Index("ix_tasks_lead_id", "lead_id"),
)  # fmt: skip

turns = Table(
    "turns", metadata,  # whose turn it is in a team, so that work is shared out evenly
    Column("team", Text, primary_key=True),
    Column("given", Integer, nullable=False, default=0),
)  # fmt: skip

absences = Table(
    "absences", metadata,
    Column("id", Integer, primary_key=True),
    Column("member", Text, nullable=False),
    Column("from_at", Moment, nullable=False),
    Column("until_at", Moment),
    Column("cover", Text),
    Index("ix_absences_member", "member"),
)  # fmt: skip
