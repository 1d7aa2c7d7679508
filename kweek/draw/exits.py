"""Where do edges leave? At a row or a card that leads to a path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from kweek.draw.picture import Card, Row


class Exit(Struct, frozen=True):
    """An edge that has to be led: from a row at this height of this column, to a path."""

    key: str
    column: int
    target: str
    port: int
    to: int


def exits_of(cards: Iterable[Card], column: int) -> Iterator[Exit]:
    """Where edges leave, from top to bottom."""
    for card in cards:
        if card.chip and card.chip.kind == "path":
            yield Exit(card.id, column, card.chip.name, card.port, card.chip.column)
        yield from exits_of_rows(card.rows, column)


def exits_of_rows(rows: Iterable[Row], column: int) -> Iterator[Exit]:
    for row in rows:
        if row.chip and row.chip.kind == "path":
            yield Exit(row.key, column, row.chip.name, row.port, row.chip.column)
        yield from exits_of(row.cards, column)
