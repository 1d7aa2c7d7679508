"""What was sent, and what came of it?"""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from kweek.leads.tables.columns import Moment, lead_id, metadata

mails = Table(
    "mails", metadata,  # the send ledger: a row before SMTP
    Column("key", Text, primary_key=True),  # the effect's
    lead_id(),
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
    Index("ix_mails_claimed_at", "claimed_at"),
    Index("ix_mails_status", "status", sqlite_where=text("status = 'held'"), postgresql_where=text("status = 'held'")),
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
    Column("at", Moment, nullable=False),  # the last time
    Column("times", Integer, nullable=False, server_default=text("1")),  # how often, with this key and code
    Index("ix_problems_key_code", "key", "code"),
    Index("ix_problems_at", "at"),
)  # fmt: skip
