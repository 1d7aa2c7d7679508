"""What happened to a lead, and what is known of it since?"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from kweek.leads.tables.columns import Moment, lead_id, metadata

events = Table(
    "events", metadata,
    Column("lead_id", Text, ForeignKey("leads.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),  # the sender's; the same twice is one event
    Column("kind", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("ref", Text),  # key of the effect that it is about
    Column("data", JSON, nullable=False, default=dict),
    Column("by", Text),  # the colleague who did it; null: the lead, a machine or the flow
    Column("note", Text),  # what that colleague wrote down
    Column("came_as", Text),  # which of its names was said, where others go on in it: `kweek.leads.named`
    Column("merged", Boolean),  # it came with a visitor or a lead that turned out to be this one: no flow hears of it
    Index("ix_events_lead_id_kind", "lead_id", "kind"),
    Index("ix_events_recorded_at", "recorded_at"),  # what just happened, for the board
)  # fmt: skip

outbox = Table(
    "outbox", metadata,
    Column("id", Integer, primary_key=True),
    lead_id(),
    Column("seq", Integer, nullable=False),
    Column("mass", Boolean),  # of a deed that is about many leads: it lets others pass
    Index("ix_outbox_mass", "mass", "id"),  # whoever is to pass is found behind a hundred thousand
    sqlite_autoincrement=True,  # SQLite would give a crossed-off row's id to the next one, and lose a bell
)  # fmt: skip

points = Table(
    "points", metadata,
    Column("id", Integer, primary_key=True),
    lead_id(),
    Column("source", Text, nullable=False),  # effect key; of a rule: lead, rule, what it is about, and the how manieth
    Column("axis", Text, nullable=False),  # profile, intent, interest
    Column("points", Integer, nullable=False),
    Column("because", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("rule", Text),  # of rules/scoring.yaml
    Column("about", Text),  # id of the event, the Monday on which it faded, or nothing: what is known of the lead
    UniqueConstraint("source", "axis"),
    Index("ix_points_lead_id", "lead_id"),
)  # fmt: skip

tags = Table(
    "tags", metadata,
    Column("lead_id", Text, ForeignKey("leads.id"), primary_key=True),
    Column("tag", Text, primary_key=True),
)  # fmt: skip

answers = Table(
    "answers", metadata,
    Column("lead_id", Text, ForeignKey("leads.id"), primary_key=True),
    Column("survey", Text, primary_key=True),
    Column("question", Text, primary_key=True),
    Column("value", JSON, nullable=False),
    Column("source", Text, nullable=False),  # effect key of the mail or the call task
    Column("at", Moment, nullable=False),
)  # fmt: skip

bant = Table(
    "bant", metadata,
    Column("lead_id", Text, ForeignKey("leads.id"), primary_key=True),
    Column("fact", Text, primary_key=True),  # budget, authority, need, time, …
    Column("value", JSON, nullable=False),
    Column("source", Text, nullable=False),  # effect key of the mail or the call task, id of the event, the import
    Column("how", Text),  # form, survey, call, person, import, api
    Column("evidence", Text),  # what was said, in words
    Column("by", Text),  # the colleague who heard it
    Column("at", Moment, nullable=False),  # when it was said
    Column("expires_at", Moment),
)  # fmt: skip

topics = Table(
    "topics", metadata,  # what it reads about
    Column("lead_id", Text, ForeignKey("leads.id"), primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("views", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
)  # fmt: skip

survey_drafts = Table(
    "survey_drafts", metadata,  # answers that were given before a survey was sent in
    Column("mail_key", Text, ForeignKey("mails.key"), primary_key=True),
    Column("answers", JSON, nullable=False),
    Column("at", Moment, nullable=False),
)  # fmt: skip
