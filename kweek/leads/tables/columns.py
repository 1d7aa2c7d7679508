"""What have all tables in common? Names of constraints, moments in UTC, the lead that a row is about, and indexes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, DateTime, Dialect, ForeignKey, MetaData, Text, text
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
        return None if value is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """SQLite's text is read in one go: most of what is read are moments."""
        return _read if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _read(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


def lead_id() -> Column[Any]:
    return Column("lead_id", Text, ForeignKey("leads.id"), nullable=False)


def when_set(column: str) -> dict[str, Any]:
    """Of an index that holds only the rows in which this column says something."""
    said = text(f"{column} IS NOT NULL")
    return {"sqlite_where": said, "postgresql_where": said}


def by_letters(column: str) -> dict[str, Any]:
    """Of an index in which beginnings are found: on PostgreSQL not as a language sorts, but letter by letter."""
    return {"postgresql_ops": {column: "text_pattern_ops"}}
