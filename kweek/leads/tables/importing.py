"""What was imported? Every row of every file, and what became of it."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, Table, Text

from kweek.leads.tables.columns import Moment, metadata

imports = Table(
    "imports", metadata,
    Column("id", Text, primary_key=True),
    Column("file", Text, nullable=False),
    Column("how", JSON, nullable=False),  # delimiter, encoding, column → field, consent, campaign, flow, rate
    Column("status", Text, nullable=False),  # storing, tried, running, enrolling, stopped, done, undoing, undone,
    # forgetting, forgotten
    Column("rows", Integer, nullable=False),
    Column("done", Integer, nullable=False, default=0),
    Column("by", Text),
    Column("at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("undone_at", Moment),  # when that was over; until then, when it began
    Column("enrolled", Integer, nullable=False, default=0),  # number of the last row whose lead was sent into the flow
    Column("next_at", Moment),  # when the next one goes
)  # fmt: skip

import_rows = Table(
    "import_rows", metadata,
    Column("import_id", Text, ForeignKey("imports.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # of the row in the file; the first is 1
    Column("cells", JSON, nullable=False),  # of those that wait or were refused: what became a lead stands there
    Column("status", Text, nullable=False),  # waiting, made, changed, same, refused, undone, kept,
    # forgotten
    Column("why", JSON(none_as_null=True)),  # what was wrong with which cell; or why it could not be undone
    Column("lead_id", Text),
    Column("before", JSON(none_as_null=True)),  # what was known of the lead, for an undo: facts (name →
    # was, is), companies (was, is), makes_company, said (names of what was known so already)
    Index("ix_import_rows_status", "import_id", "status", "number"),
    Index("ix_import_rows_lead_id", "lead_id"),
)  # fmt: skip
