"""What is a mail called? By its subject; where it never got one, as its file says it; else by the file's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from kweek.leads import tables
from kweek.web.rules import WorkspaceRules


def titles(read: Connection, rules: WorkspaceRules, mails: Sequence[Row[Any]], language: str) -> Mapping[str, str]:
    """By their keys. mails: rows of the ledger, with key, subject, mail and enrolment_id. language: the reader's."""
    e = tables.enrolments.c
    nameless = {row.enrolment_id for row in mails if not row.subject and row.enrolment_id}
    asked = read.execute(select(e.id, e.version).where(e.id.in_(nameless))).all() if nameless else ()
    versions = {row.id: row.version for row in asked}
    return {
        row.key: row.subject or rules.subject_of(read, row.mail, versions.get(row.enrolment_id), language) or row.mail
        for row in mails
    }
