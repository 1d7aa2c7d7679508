"""What did someone fill in on a form? The fields of a plain HTML form become the same event that a program would post.

A field named as one of the event's data goes there, any other to the lead. `consent.<purpose>` (a checkbox; its value
is exactly the words beside it) is a permission for e-mail, `consent.<purpose>.<channel>` for another channel. `id`,
when the page puts one in, makes a form sent twice one event.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl
from uuid import uuid4

from kweek.intake.check import Vocabulary, check
from kweek.intake.incoming import BadEventError, Fault, Incoming

HONEYPOT: Final = "homepage_url"  # people do not see this field; what fills it in is a machine
REDIRECT: Final = "redirect"
_ITS_OWN: Final = (HONEYPOT, REDIRECT, "id")
_MOST_FIELDS: Final = 100


def read_form(body: bytes) -> dict[str, list[str]]:
    """The fields of a urlencoded body. BadEventError where it is none."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=False, errors="strict", max_num_fields=_MOST_FIELDS)
    except (UnicodeError, ValueError):
        raise BadEventError([Fault("form", "this is not a form that can be read")]) from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def event_of_form(
    kind: str, fields: Mapping[str, list[str]], words: Vocabulary, now: datetime, proof: str
) -> Incoming | None:
    """The event to record; None for a machine that fell for the honeypot. BadEventError lists what is wrong."""
    if fields.get(HONEYPOT):
        return None
    data_fields = words.events.get(kind, {})
    lead: dict[str, object] = {}
    data: dict[str, object] = {}
    consents: list[dict[str, str]] = []
    for name, values in fields.items():
        if name in _ITS_OWN:
            continue
        if name.startswith("consent."):
            consents += [_consent(kind, name, value, proof) for value in values]
        elif name in data_fields:
            data[name] = ", ".join(values)
        else:
            lead[name] = ", ".join(values)
    if "external_id" in lead:  # anyone can send a form: the sender's own ids are for programs with a key
        raise BadEventError([Fault("external_id", "a form knows people by their e-mail address only")])
    if consents:
        lead["consents"] = consents
    identifier = (fields.get("id") or [str(uuid4())])[0]
    return check({"id": f"form:{identifier}", "type": kind, "lead": lead, "data": data}, words, now)


def _consent(kind: str, name: str, words: str, proof: str) -> dict[str, str]:
    _, purpose, *channel = name.split(".", 2)
    return {
        "channel": channel[0] if channel else "email",
        "purpose": purpose,
        "words": words,
        "source": f"form {kind}",
        "proof": proof,
    }
