"""What is remembered? The tables of the lead database, the same for SQLite and PostgreSQL.

Moments are stored in UTC and are flow time (see `clock`), but for leases and tokens, which run on real time and say
so in their names (`…_real`). Text that people wrote lives here and nowhere else: Temporal sees ids only.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; SQLite has no time zones, so it stores the naive UTC value."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _lead() -> Column[Any]:
    return Column("lead_id", Text, ForeignKey("leads.id"), nullable=False)


# --- who ------------------------------------------------------------------------------------------

companies = Table(
    "companies", metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),  # case-folded, for joining
    Column("country", Text),
    Column("legal_form", Text),
    Column("sector", Text),
    Column("size", Integer),
    Column("parent_id", Text, ForeignKey("companies.id")),
    Column("fields", JSON, nullable=False, default=dict),
)  # fmt: skip

leads = Table(
    "leads", metadata,
    Column("id", Text, primary_key=True),  # opaque
    Column("email", Text),
    Column("email_key", Text, unique=True),  # normalised
    Column("external_id", Text, unique=True),
    Column("name", Text),
    Column("first_name", Text),
    Column("last_name", Text),
    Column("phone", Text),  # E.164
    Column("job_title", Text),
    Column("language", Text),
    Column("country", Text),
    Column("timezone", Text),
    Column("company_id", Text, ForeignKey("companies.id")),
    Column("campaign", Text),
    Column("stage", Text, nullable=False, default="suspect"),
    Column("profile", Text),  # A–D
    Column("engagement", Integer),  # 1–4
    Column("points_profile", Integer, nullable=False, default=0),
    Column("points_intent", Integer, nullable=False, default=0),
    Column("points_interest", Integer, nullable=False, default=0),
    Column("owner", Text),  # a member of teams.yaml
    Column("fields", JSON, nullable=False, default=dict),  # the workspace's own profile fields
    Column("created_at", Moment, nullable=False),
    # the machine's
    Column("seq", Integer, nullable=False, default=0),  # of the last event recorded
    Column("seen", Integer, nullable=False, default=0),  # of the last event that a turn pulled
    Column("turn", Integer, nullable=False, default=0),
    Column("born", Integer, nullable=False, default=0),
    Column("state", JSON),  # what of LeadState is not in `enrolments`
    Column("open", Boolean, nullable=False, default=False),  # an enrolment is open
    Column("wake_at", Moment),
    Column("held", Text),  # why the lead stands still: a row that is older than its workflow
    Index("ix_leads_wake_at", "wake_at"),
)  # fmt: skip

consents = Table(
    "consents", metadata,
    Column("id", Integer, primary_key=True),
    _lead(),
    Column("channel", Text, nullable=False),  # email, telephone, open tracking, click tracking
    Column("purpose", Text, nullable=False),
    Column("words", Text, nullable=False),  # exactly as shown
    Column("words_version", Text),
    Column("source", Text, nullable=False),
    Column("proof", Text),
    Column("at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("withdrawn_at", Moment),
    Index("ix_consents_lead_id", "lead_id"),
)  # fmt: skip

suppressions = Table(
    "suppressions", metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", Text, nullable=False),  # email, telephone
    Column("address_key", Text, nullable=False),  # keyed hash of the normalised address or number
    Column("reason", Text, nullable=False),  # unsubscribed, complained, bounced, erased
    Column("at", Moment, nullable=False),
    UniqueConstraint("channel", "address_key"),
)  # fmt: skip

# --- what happened --------------------------------------------------------------------------------

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
    Index("ix_events_lead_id_kind", "lead_id", "kind"),
)  # fmt: skip

outbox = Table(
    "outbox", metadata,
    Column("id", Integer, primary_key=True),
    _lead(),
    Column("seq", Integer, nullable=False),
    sqlite_autoincrement=True,  # SQLite would give a crossed-off row's id to the next one, and lose a bell
)  # fmt: skip

points = Table(
    "points", metadata,
    Column("id", Integer, primary_key=True),
    _lead(),
    Column("source", Text, nullable=False),  # effect key, or event id and rule
    Column("axis", Text, nullable=False),  # profile, intent, interest
    Column("points", Integer, nullable=False),
    Column("because", Text, nullable=False),
    Column("at", Moment, nullable=False),
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
    Column("source", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("expires_at", Moment),
)  # fmt: skip

# --- where they are -------------------------------------------------------------------------------

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
    _lead(),
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
    Index("ix_enrolments_flow_step", "flow", "step"),
)  # fmt: skip

effects = Table(
    "effects", metadata,
    Column("key", Text, primary_key=True),  # <enrolment>/<n>
    _lead(),
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
    _lead(),
    Column("enrolment_id", Text, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", Text, nullable=False),
    Column("step", Text),
    Column("visit", Integer),
    Column("detail", JSON, nullable=False, default=dict),
    Index("ix_journal_lead_id", "lead_id"),
)  # fmt: skip

# --- mail -----------------------------------------------------------------------------------------

mails = Table(
    "mails", metadata,  # the send ledger: a row before SMTP
    Column("key", Text, primary_key=True),  # the effect's
    _lead(),
    Column("enrolment_id", Text),
    Column("audience", Text, nullable=False),  # lead, colleague
    Column("mail", Text, nullable=False),  # the template
    Column("language", Text),
    Column("kind", Text, nullable=False),  # service, marketing
    Column("message_id", Text, unique=True),
    Column("recipient", Text),
    Column("subject", Text),
    Column("text", Text),
    Column("html", Text),
    Column("status", Text, nullable=False),  # claimed, sent, unknown, undelivered, bounced, blocked, held
    Column("why", Text),
    Column("claimed_at", Moment, nullable=False),
    Column("lease_until_real", Moment),
    Column("lease_owner", Text),
    Column("attempts", Integer, nullable=False, default=0),
    Column("repeats", Integer, nullable=False, default=0),  # sends beyond the first that may have arrived
    Column("sent_at", Moment),
    Index("ix_mails_lead_id", "lead_id"),
    Index("ix_mails_recipient", "recipient"),
)  # fmt: skip

links = Table(
    "links", metadata,
    Column("id", Integer, primary_key=True),
    Column("mail_key", Text, ForeignKey("mails.key"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", Text),
    Column("target", Text, nullable=False),
    UniqueConstraint("mail_key", "position"),
)  # fmt: skip

hits = Table(
    "hits", metadata,
    Column("id", Integer, primary_key=True),
    Column("mail_key", Text, ForeignKey("mails.key"), nullable=False),
    Column("lead_id", Text, ForeignKey("leads.id"), nullable=False),
    Column("kind", Text, nullable=False),  # open, click
    Column("link", Text),
    Column("at", Moment, nullable=False),
    Column("method", Text, nullable=False),
    Column("agent", Text),
    Column("network", Text),  # a keyed hash of the address
    Column("grade_at", Moment),  # when it is judged; null: it was
    Column("grade", Text),  # machine, unclear, human, confirmed
    Column("reasons", JSON),
    Index("ix_hits_mail_key", "mail_key"),
    Index("ix_hits_grade_at", "grade_at"),
)  # fmt: skip

problems = Table(
    "problems", metadata,  # what may not enter a Temporal history: the words of a failure
    Column("id", Integer, primary_key=True),
    Column("lead_id", Text),
    Column("key", Text),
    Column("code", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_problems_key", "key"),
)  # fmt: skip

# --- people ---------------------------------------------------------------------------------------

call_tasks = Table(
    "call_tasks", metadata,
    Column("key", Text, primary_key=True),
    _lead(),
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
    _lead(),
    Column("enrolment_id", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("owner", Text),
    Column("status", Text, nullable=False),  # open, accepted, closed
    Column("sales_ready", Boolean),
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

tasks = Table(
    "tasks", metadata,
    Column("key", Text, primary_key=True),
    _lead(),
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

# --- the house ------------------------------------------------------------------------------------

clock = Table(
    "clock", metadata,  # one row, written once: flow time = anchor_flow + (real - anchor_real) × tempo
    Column("id", Integer, primary_key=True),
    Column("tempo", Float, nullable=False),  # flow seconds per real second; 1 in earnest
    Column("anchor_real", Moment, nullable=False),
    Column("anchor_flow", Moment, nullable=False),
)  # fmt: skip

sound_rules = Table(
    "sound_rules", metadata,  # one row: rules/ as it was when it last had no error
    Column("id", Integer, primary_key=True),
    Column("source", JSON, nullable=False),  # path → text
    Column("read_at", Moment, nullable=False),  # real time
)  # fmt: skip

installation = Table(
    "installation", metadata,  # one row: by what it is known again
    Column("id", Integer, primary_key=True),
    Column("secret_mark", Text, nullable=False),  # what only the right secret gives; it tells nothing of it
)  # fmt: skip

used_links = Table(
    "used_links", metadata,  # links to sign in with, each good once, whichever copy of the web is asked
    Column("nonce", Text, primary_key=True),
    Column("at_real", Moment, nullable=False),
)  # fmt: skip

api_keys = Table(
    "api_keys", metadata,
    Column("hash", Text, primary_key=True),  # SHA-256 of the key
    Column("name", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)  # fmt: skip

caught = Table(
    "caught", metadata,  # what the local mail catcher caught (only with `kweek up` without a relay)
    Column("id", Integer, primary_key=True),
    Column("message_id", Text),
    Column("sender", Text, nullable=False),  # envelope
    Column("recipient", Text, nullable=False),  # envelope
    Column("subject", Text),
    Column("raw", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_caught_message_id", "message_id"),
    Index("ix_caught_recipient", "recipient"),
)  # fmt: skip
