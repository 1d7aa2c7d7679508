"""What does somebody ask for with a file? The texts of options, or of a page's form, become the way to take it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from kweek.intake.check_lead import Vocabulary
from kweek.intake.imports.cells import Order
from kweek.intake.imports.columns import formed, propose, told
from kweek.intake.imports.how import Column, How, Permission, read_rate
from kweek.intake.imports.looks import Table
from kweek.intake.imports.said import HowError
from kweek.intake.values import longest_of, nearest, printable
from kweek.leads.campaigns import LONGEST

_LONGEST: Final = {"consent": longest_of("words"), "campaign": LONGEST}


class Written(Protocol):
    """How the file is written."""

    @property
    def encoding(self) -> str: ...

    @property
    def separator(self) -> str: ...

    @property
    def skipped(self) -> int: ...

    @property
    def broken(self) -> tuple[int, ...]: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """fields: heading → field, where it is not as proposed. consent, purpose: the permission; no_consent: there is
    none, and somebody says so. keeps: what is known counts. row_ids: the row is the external id. moves: whoever has an
    external id may get another address."""

    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    dates: Order | None = None
    consent: str = ""
    purpose: str = ""
    no_consent: bool = False
    campaign: str = ""
    keeps: bool = False
    row_ids: bool = False
    flow: str = ""
    rate: str = ""
    moves: bool = False


def how_of(
    table: Table,
    written: Written,
    asked: Asked,
    words: Vocabulary,
    *,
    trying: bool = False,
    proposed: tuple[Column, ...] | None = None,
) -> How:
    """trying: nobody has to say by which permission. proposed: what its columns are, where that was found before.
    HowError."""
    columns = formed(table, told(proposed or propose(table, words), asked.fields, words), words, asked.dates)
    targets = {column.target for column in columns}
    if not asked.row_ids and not targets & {"email", "external_id", "kweek_id"}:
        raise HowError("map", "import.wrong.nobody")
    if asked.row_ids and "external_id" in targets:
        raise HowError("row_ids", "import.wrong.ids")
    return How(
        columns,
        written.encoding,
        written.separator,
        _permission(asked, words, trying=trying),
        _text(asked.campaign, "campaign") or None,
        asked.keeps,
        asked.row_ids,
        _flow(asked, words),
        read_rate(asked.rate) if asked.rate else None,
        written.skipped,
        written.broken,
        asked.moves,
    )


def _permission(asked: Asked, words: Vocabulary, *, trying: bool) -> Permission | None:
    consent, purpose = _text(asked.consent, "consent"), asked.purpose.strip()
    known = tuple(sorted(words.purposes()))
    match bool(consent), bool(purpose), asked.no_consent:
        case (True, _, True) | (_, True, True):
            raise HowError("consent", "import.wrong.consent.both")
        case True, False, _:
            raise HowError("purpose", "import.wrong.purpose", known=", ".join(known) or "advice, news")
        case False, True, _:
            raise HowError("consent", "import.wrong.consent.words")
        case False, False, False if not trying:
            raise HowError("consent", "import.wrong.consent")
        case False, False, _:
            return None
        case _ if known and purpose not in known:
            near = nearest(purpose, known)
            raise HowError(
                "purpose", "import.wrong.purpose.other", name=purpose[:60], near=near, known=", ".join(known)
            )
        case _:
            return Permission(consent, purpose)


def _flow(asked: Asked, words: Vocabulary) -> str | None:
    known = tuple(sorted(words.flows()))
    if asked.rate and not asked.flow:
        raise HowError("flow", "import.wrong.flow")
    if asked.flow and asked.flow not in known:
        near = nearest(asked.flow, known)
        raise HowError(
            "flow", "import.wrong.flow.other", name=asked.flow[:60], near=near, known=", ".join(known) or "–"
        )
    return asked.flow or None


def _text(text: str, name: str) -> str:
    text = text.strip()
    if len(text) > _LONGEST[name] or not printable(text):
        raise HowError(name, "import.wrong.text", most=_LONGEST[name])
    return text
