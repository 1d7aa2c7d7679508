"""Whose is the id in a row? Of nobody who has another address: a company's number would make all there one."""

from __future__ import annotations

from typing import Final

from kweek.intake.check import email_key
from kweek.intake.imports.file_row import Refusal
from kweek.intake.imports.known import Book, Person
from kweek.intake.incoming import LeadIn

_TWICE: Final = (
    "rows {first} and {row} of this file have the same id, “{id}”, and not the same address: it is that of {address}. "
    "If it is the number of a company, leave its column out"
)
_ANOTHER: Final = (
    "the id “{id}” is known with another address, {address}: say that this import may change addresses, or leave its "
    "column out"
)


def refusal_of(book: Book, person: Person, said: LeadIn, row: int, first: int | None, *, moves: bool) -> Refusal | None:
    """Why the row does not mean this person, whom the book found for it. first: the row of the file in which the person
    came before. moves: the import may change addresses."""
    address = _other_address(book, person, said)
    if address is None or (moves and first is None):
        return None
    values: dict[str, object] = {"id": said.external_id, "address": address}
    if first is None:
        return Refusal("", "", _ANOTHER, values)
    return Refusal("", "", _TWICE, {"first": first, "row": row, **values})


def _other_address(book: Book, person: Person, said: LeadIn) -> str | None:
    """By which the person is known whom the row's external id found, and the row names another."""
    known = person.facts.get("email")
    by_its_id = book.by_id.get(said.id) if said.id else None
    if by_its_id is not None or said.external_id is None or not said.email or known is None:
        return None
    key = email_key(said.email)
    if book.by_external.get(said.external_id) is not person or key == email_key(str(known)):
        return None
    return None if book.by_email.get(key) is person else str(known)  # who was merged into it had that one
