"""What did a colleague type in on the spot, at a stand, on a visit, on the line? One event of one lead, in his words.

Whoever stands there may leave a telephone number only, or a name. He is known by what he leaves: without an e-mail
address by the form itself, and whoever was there before is found again by a person (two may be one).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from kweek.intake.check import check
from kweek.intake.check_lead import Vocabulary
from kweek.intake.incoming import BadEventError, Fault, Incoming, TouchIn

LEAD: Final = ("name", "email", "phone", "company", "job_title")
DATA: Final = "data."
CONSENT: Final = "consent."
_NOTE: Final = "note"
_REACHED: Final = ("email", "phone")
_OLDEST: Final = timedelta(days=30)  # what lay in a telephone for longer counts from then


def typed_in(given: Mapping[str, str], words: Vocabulary, by: str, now: datetime) -> Incoming:
    """given: the fields of the form. by: the colleague; now: flow time. `ago`: seconds since he typed it, where his
    telephone could not reach us then. BadEventError lists all that is wrong."""
    identifier, kind, known = given.get("id", ""), given.get("kind", ""), given.get("lead") or None
    lead: dict[str, object] = {name: given[name] for name in LEAD if given.get(name)}
    if "email" not in lead:
        lead["external_id"] = f"spot-{identifier}"
    lead["consents"] = [_consent(name, said, by) for name, said in given.items() if name.startswith(CONSENT) and said]
    data = {name.removeprefix(DATA): said for name, said in given.items() if name.startswith(DATA) and said}
    at = now - min(_OLDEST, timedelta(seconds=_seconds(given.get("ago", ""))))
    raw: dict[str, object] = {
        "id": f"spot:{identifier}", "type": kind, "at": at.isoformat(), "lead": lead, "data": data,
    }  # fmt: skip
    faults = [] if known or lead.keys() & set(_REACHED) else [Fault("lead", "say how to reach: an e-mail address, …")]
    try:
        incoming = check(raw, words, now)
    except BadEventError as error:
        raise BadEventError([*faults, *error.faults]) from None
    if faults:
        raise BadEventError(faults)
    about = incoming.lead if known is None else replace(incoming.lead, id=known, external_id=None)
    touch = TouchIn("person", given.get("campaign") or None)
    return replace(incoming, lead=about, by=by, note=given.get(_NOTE) or None, touch=touch)


def _consent(name: str, words: str, by: str) -> dict[str, str]:
    """`consent.<channel>.<purpose>`; the words are those that stood beside the box."""
    channel, _, purpose = name.removeprefix(CONSENT).partition(".")
    said = {"channel": channel, "words": words, "source": "on the spot", "proof": f"asked and typed in by {by}"}
    return {**said, "purpose": purpose} if purpose else said


def _seconds(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0
