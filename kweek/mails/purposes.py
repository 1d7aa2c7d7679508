"""For which purpose may it leave? A word that one mail alone has, and that is nearly the word of many, is misspelt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from kweek.flow.problems import Problem
from kweek.mails.template import MailTemplate

_MANY: Final = 3
"""Mails of a purpose that is surely spelt right."""
_ALIKE: Final = 0.8


def misspelt_purposes(mails: Sequence[MailTemplate]) -> Iterator[Problem]:
    """Consent is given for a purpose by its word: for one that nobody has heard of, no mail ever leaves."""
    named: dict[str, set[str]] = {}
    for mail in mails:
        if mail.purpose:
            named.setdefault(mail.purpose, set()).add(mail.name)
    usual = [purpose for purpose, names in named.items() if len(names) >= _MANY]
    for mail in mails:
        alone = mail.purpose is not None and len(named[mail.purpose]) == 1
        meant = _nearly(mail.purpose, usual) if alone and mail.purpose and usual else None
        if meant is not None:
            what = f"The purpose “{mail.purpose}” is this mail's alone; {len(named[meant])} others have “{meant}”."
            why = "Consent is given for a purpose, by its word."
            at = mail.lines.get("purpose", 1)
            yield Problem(mail.file, at, 1, "error", "mail-purpose", what, why, f"Did you mean “{meant}”?")


def with_purposes(mails: Sequence[MailTemplate], problems: Sequence[Problem]) -> Iterator[Problem]:
    """The same; a mail without one is offered that of its other languages, or else all that there are."""
    purposes = dict.fromkeys(mail.purpose for mail in mails if mail.purpose)
    names = {mail.file: mail.name for mail in mails}
    for problem in problems:
        own = [mail.purpose for mail in mails if mail.purpose and mail.name == names.get(problem.file)]
        if problem.code != "mail-purpose" or not purposes:
            yield problem
        else:
            yield replace(problem, fix=f"Add: purpose: {' — or purpose: '.join(own[:1] or purposes)}")


def _nearly(word: str, usual: Sequence[str]) -> str | None:
    from difflib import SequenceMatcher  # only when some mail stands alone

    alike = ((SequenceMatcher(None, word, other).ratio(), other) for other in usual)
    best, other = max(alike)
    return other if best >= _ALIKE and abs(len(word) - len(other)) <= 1 else None
