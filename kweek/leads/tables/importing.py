"""What was imported? Every row of every file, and what became of it."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, Table, Text

from kweek.leads.tables.columns import Moment, metadata

imports = Table(
    "imports", metadata,
    Column("id", Text, primary_key=True),
    Column("file", Text, nullable=False),
    Column("how", JSON, nullable=False),  # delimiter, encoding, column → field, consent, campaign, flow, rate
    Column("status", Text, nullable=False),  # tried, running, done, undoing, undone
    Column("rows", Integer, nullable=False),
    Column("done", Integer, nullable=False, default=0),
    Column("by", Text),
    Column("at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("undone_at", Moment),
)  # fmt: skip

import_rows = Table(
    "import_rows", metadata,
    Column("import_id", Text, ForeignKey("imports.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # of the row in the file; the first is 1
    Column("cells", JSON, nullable=False),
    Column("status", Text, nullable=False),  # waiting, made, changed, same, refused, undone
    Column("why", Text),  # why it was refused
    Column("lead_id", Text),
    Column("before", JSON),  # what was known of the lead, for an undo
    Index("ix_import_rows_status", "import_id", "status", "number"),
    Index("ix_import_rows_lead_id", "lead_id"),
)  # fmt: skip
