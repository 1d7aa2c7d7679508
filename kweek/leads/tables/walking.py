"""Which flows are there, and where does each lead stand?"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from kweek.leads.tables.columns import Moment, lead_id, metadata

versions = Table(
    "versions", metadata,
    Column("hash", Text, primary_key=True),
    Column("flow", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("source", JSON, nullable=False),  # {path: text} of the flow with the mails and surveys that it names
    Column("published_at", Moment, nullable=False),
    Column("published_by", Text, nullable=False),
    UniqueConstraint("flow", "number"),
)  # fmt: skip

flows = Table(
    "flows", metadata,
    Column("flow", Text, primary_key=True),
    Column("version", Text, ForeignKey("versions.hash"), nullable=False),  # what a lead that enters now walks
    Column("paused_at", Moment),
)  # fmt: skip

enrolments = Table(
    "enrolments", metadata,
    Column("id", Text, primary_key=True),  # <lead>-<born>
    lead_id(),
    Column("flow", Text, nullable=False),
    Column("version", Text, ForeignKey("versions.hash"), nullable=False),
    Column("per", Text),
    Column("started_at", Moment, nullable=False),
    Column("step", Text),  # where the token stands; null when it has ended
    Column("entered_at", Moment),
    Column("state", JSON, nullable=False),  # the whole Enrolment, as kweek.flow.stored dumps it
    Column("live", Boolean, nullable=False),  # the machine still needs it: open, or a withdrawn task may move it
    Column("ended_at", Moment),
    Column("result", Text),
    Column("because", Text),
    Index("ix_enrolments_lead_id", "lead_id"),
    # who stands there, and who left so: the lists behind the numbers of the board
    Index("ix_enrolments_flow_step_entered_at", "flow", "step", "entered_at"),
    Index("ix_enrolments_flow_result_ended_at", "flow", "result", "ended_at"),
)  # fmt: skip

effects = Table(
    "effects", metadata,
    Column("key", Text, primary_key=True),  # <enrolment>/<n>
    lead_id(),
    # asked for at the commit: a turn issues effects of an enrolment that it saves at its end
    Column(
        "enrolment_id", Text, ForeignKey("enrolments.id", deferrable=True, initially="DEFERRED"), nullable=False
    ),
    Column("kind", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("args", JSON, nullable=False),
    Column("status", Text, nullable=False),  # pending, done, cancelled
    Column("issued_at", Moment, nullable=False),
    Column("due_at", Moment),  # the gate said later: not before this (null: now, or at the next bell)
    Column("waits_for", Text),  # what the gate said, for people
    Index("ix_effects_lead_id_status", "lead_id", "status"),
)  # fmt: skip

journal = Table(
    "journal", metadata,
    Column("id", Integer, primary_key=True),
    lead_id(),
    Column("enrolment_id", Text, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", Text, nullable=False),
    Column("step", Text),
    Column("visit", Integer),
    Column("detail", JSON, nullable=False, default=dict),
    Column("place", Text),  # the row of the picture that was taken: `kweek.leads.tally`
    Index("ix_journal_lead_id", "lead_id"),
    Index(
        "ix_journal_place_id", "place", "id",
        sqlite_where=text("place IS NOT NULL"), postgresql_where=text("place IS NOT NULL"),
    ),
)  # fmt: skip

tallies = Table(
    "tallies", metadata,  # how many leads are where: `kweek.leads.tally`
    Column("flow", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("shard", Integer, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
)  # fmt: skip
