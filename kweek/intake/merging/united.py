"""Which word counts where two leads become one? A person's choice; else what only one of them said, else the later.
But whose lead it is, says the handover that lies on a desk.

Pure: two rows of `leads`, who was heard of last, and whose the handover is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kweek.leads.said_at import together
from kweek.rules.stages import STAGES

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("name", "first_name", "last_name"),
    "email": ("email", "email_key"),
    "phone": ("phone",),
    "job_title": ("job_title",),
    "company": ("company_id",),
    "language": ("language",),
    "country": ("country",),
    "timezone": ("timezone",),
    "owner": ("owner",),
}
"""What is chosen as one → its columns."""

OWNER: Final = "owner"
OWN: Final = "fields."
"""Before the name of one of the workspace's own fields."""


@dataclass(frozen=True, slots=True)
class Word:
    """What each of two leads says of one thing, and whose counts. settled: so it is, whatever the other says."""

    name: str
    kept: tuple[Any, ...]
    gone: tuple[Any, ...]
    of_gone: bool
    settled: bool = False

    @property
    def differ(self) -> bool:
        """Is there a choice?"""
        return not self.settled and self.kept != self.gone and _said(self.kept) and _said(self.gone)


def words_of(kept: Any, gone: Any, later: str, chosen: Mapping[str, str], holder: str | None) -> list[Word]:
    """Of everything that either of them says. later: id of the lead that was heard of last. chosen: name → id of the
    lead whose word counts. holder: who has the open handover of the kept lead, and so owns it; None: nobody."""
    names = [*GROUPS, *(f"{OWN}{name}" for name in sorted({**kept.fields, **gone.fields}))]
    words = [_word(name, kept, gone, chosen.get(name) or later) for name in names if name != OWNER or holder is None]
    held = [] if holder is None else [Word(OWNER, (holder,), (gone.owner,), of_gone=False, settled=True)]
    return [*(word for word in words if word is not None), *held]


def _word(name: str, kept: Any, gone: Any, whose: str) -> Word | None:
    mine, other = _values(kept, name), _values(gone, name)
    if not _said(mine) and not _said(other):
        return None
    return Word(name, mine, other, of_gone=not _said(mine) or (_said(other) and whose == gone.id))


def _values(row: Any, name: str) -> tuple[Any, ...]:
    if name.startswith(OWN):
        return (row.fields.get(name.removeprefix(OWN)),)
    return tuple(getattr(row, column) for column in GROUPS[name])


def _said(values: tuple[Any, ...]) -> bool:
    return any(value is not None for value in values)


def columns_after(kept: Any, gone: Any, words: list[Word]) -> dict[str, Any]:
    """The columns of the kept lead that change, with what they then hold."""
    after: dict[str, Any] = {"fields": dict(kept.fields)}
    for word in words:
        if word.of_gone and word.name.startswith(OWN):
            after["fields"][word.name.removeprefix(OWN)] = word.gone[0]
        elif word.of_gone or word.settled:
            after |= dict(zip(GROUPS[word.name], word.gone if word.of_gone else word.kept, strict=True))
    first, last = sorted((kept, gone), key=lambda row: row.created_at)
    origin = min((row for row in (first, last) if row.campaign), key=_since, default=kept)
    after["campaign"], after["campaign_at"] = origin.campaign, origin.campaign_at
    after["last_campaign"] = last.last_campaign or first.last_campaign
    after["said_at"] = together(kept.said_at, gone.said_at)
    after["stage"] = max(kept.stage, gone.stage, key=_stage)
    return {name: value for name, value in after.items() if value != getattr(kept, name)}


def _since(row: Any) -> datetime:
    return row.campaign_at or row.created_at


def _stage(stage: str) -> int:
    return STAGES.index(stage) if stage in STAGES else -1
