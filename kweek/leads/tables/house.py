"""What does the house itself keep in mind?"""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from kweek.leads.tables.columns import Moment, metadata

clock = Table(
    "clock", metadata,  # a row for each tempo, written once: flow time = anchor_flow + (real - anchor_real) × tempo
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
    Column("scoring", Text),  # the stamp of what gives points
    Column("scoring_since", Moment),  # flow time, in which it became that
    Column("whole_by", Text),  # the stamp by which the points of all leads stand: `kweek.leads.whole`
)  # fmt: skip

past_calendars = Table(
    "past_calendars", metadata,  # rules/calendars.yaml as it was until it was edited
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("until", Moment, nullable=False),  # flow time
)  # fmt: skip

rescorings = Table(
    "rescorings", metadata,  # all leads by other rules: what would change, or having it change
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # preview, rescoring
    Column("status", Text, nullable=False),  # asked, running, stopped, done
    Column("rules", Text),  # the stamp of those by which it is done; null: it has not begun
    Column("by", Text),  # null: from the command line
    Column("at", Moment, nullable=False),  # flow time
    Column("ended_at", Moment),  # flow time
    Column("since_real", Moment),  # when its first lead was looked at
    Column("told_real", Moment),  # when it was heard of last
    Column("of", Integer, nullable=False, default=0),  # leads
    Column("leads", Integer, nullable=False, default=0),  # so many of them are done
    Column("changed", Integer, nullable=False, default=0),  # leads whose points or grade did, so far
    Column("failed", Integer, nullable=False, default=0),  # leads on which a rule failed
    Column("found", JSON),  # of a preview that is done: what it says
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
    Column("scopes", JSON),  # what it may do; null: everything
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)  # fmt: skip

deliveries = Table(
    "deliveries", metadata,  # what other programs have yet to hear; what was taken is no row any more
    Column("id", Integer, primary_key=True),
    Column("hook", Text, nullable=False),  # of rules/workspace.yaml
    Column("message", Text, nullable=False),  # by which the receiver knows it again
    Column("lead_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", JSON, nullable=False),
    Column("since_real", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_real", Moment),  # the next attempt, or the end of the lease of this one; null: it was given up
    Column("why", Text),  # what went wrong last
    UniqueConstraint("hook", "message"),
    Index("ix_deliveries_hook_due_real", "hook", "due_real", "id"),
    Index("ix_deliveries_lead_id", "lead_id"),
    sqlite_autoincrement=True,
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
