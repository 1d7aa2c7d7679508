"""From where did somebody come? Reads it from what a program sends, from a form's hidden fields, and from a link.

What is read: `utm_campaign`, `utm_source`, `utm_medium`, `utm_term`, `utm_content` and the page that led here. Numbers
by which an advertiser knows a single click (`gclid` and its like) are about one person and are never kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from kweek.intake.incoming import TouchIn
from kweek.intake.values import Checker, printable
from kweek.leads.campaigns import LONGEST, campaign_word

KEYS: Final = ("campaign", "source", "medium", "term", "content", "referrer")
"""Of `source` in what a program sends."""

FIELDS: Final[Mapping[str, str]] = {
    "utm_campaign": "campaign", "utm_source": "source", "utm_medium": "medium", "utm_term": "term",
    "utm_content": "content", "referrer": "referrer",
}  # fmt: skip
"""Field of a form or an address → key of `source`."""

OF_SOURCE: Final[Mapping[str, str]] = {
    **{key: f"source.{key}" for key in KEYS if key != "source"},
    **{field: f"source.{key}" for field, key in FIELDS.items()},
}
"""What a program may write beside `source`, or in `lead` → where it belongs."""

_ONE_CLICK: Final = re.compile(r"utm_\w+|\w*clid|[gw]braid|_gl|mc_eid|li_fat_id")
MOST: Final = 200  # characters of a word
_MORE: Final = ("term", "content", "referrer")


def read_source(checker: Checker, raw: object, how: str) -> TouchIn | None:
    """`source: {campaign: spring-fair, medium: email}`; what is wrong is noted by its field. None: nothing is said."""
    if raw is None:
        return None
    body = checker.object(raw, "source", KEYS)
    said = {key: _line(checker, body.get(key), f"source.{key}") for key in KEYS}
    if (written := said["campaign"]) is not None and (len(written) > LONGEST or campaign_word(written) is None):
        checker.fault("source.campaign", f"this is no campaign; write at most {LONGEST} letters: spring-fair")
    if (page := said["referrer"]) is not None:
        said["referrer"] = page_of(page)
        if said["referrer"] is None:
            checker.fault("source.referrer", "this is not the address of a page: https://www.example.com/news")
    return touch(how, said)


def touch(how: str, said: Mapping[str, str | None]) -> TouchIn | None:
    """said: by KEYS. None where nothing is."""
    if not any(said.values()):
        return None
    more = {key: value for key in _MORE if (value := said.get(key))}
    return TouchIn(how, said.get("campaign"), said.get("source"), said.get("medium"), more)


def touch_of_link(target: str) -> TouchIn | None:
    """What a link of our own mail says of the campaign that it belongs to: its `utm_…`, if it has any."""
    try:
        asked = parse_qsl(urlsplit(target).query, max_num_fields=100)
    except ValueError:
        return None
    utm = [(name, value) for name, value in reversed(asked) if name.startswith("utm_")]  # of two, the first
    said = {FIELDS[name]: value[:MOST] for name, value in utm if name in FIELDS}
    return touch("mail", said)


def is_about_source(field: str) -> bool:
    """Does this field of a form say from where, or which single click it was? The latter is kept by nobody."""
    return field in FIELDS or _ONE_CLICK.fullmatch(field) is not None


def asked_in(address: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """What the address that a form is sent to says of the source. address: its query, name and value."""
    return {name: [value] for name, value in address if name in FIELDS and value}


def shortened(key: str, written: str) -> str:
    """As a visit keeps it, too: on one line, and no longer than it may be. key: of KEYS."""
    line = " ".join(written.split())
    if key == "campaign" and len(line) > LONGEST:
        return campaign_word(line) or line  # the word by which the whole of it is known
    return line[: _longest(key)]


def page_of(address: str) -> str | None:
    """Without what stands behind the `?`: that may tell who somebody is. None: it is no page's address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    there = parts.scheme in ("http", "https", "android-app") and parts.netloc and "@" not in parts.netloc
    return f"{parts.scheme}://{parts.netloc}{parts.path}"[:500] if there else None


def _line(checker: Checker, raw: object, path: str) -> str | None:
    text = checker.text(raw, path)
    most = _longest(path.removeprefix("source."))
    if text is None:
        return None
    if len(text) > most or not text.isprintable() or not printable(text):
        checker.fault(path, "this must be one line of at most {most} characters", most=most)
        return None
    return text


def _longest(key: str) -> int:
    return 2_000 if key == "referrer" else MOST
