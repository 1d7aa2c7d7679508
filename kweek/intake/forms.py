"""What did someone fill in on a form? The fields of a plain HTML form become the same event that a program would post.

A field named as one of the event's data goes there, `company.size` and its like to the company, `bant.budget` to what
was found out, any other to the lead.
`utm_campaign` and its like say from where.
`consent.<purpose>` (a checkbox; its value is exactly the words beside it) is a permission for e-mail,
`consent.<purpose>.<channel>` for another channel. `question.bant.budget` holds the words beside that field, and is kept
with what was answered. `id`, when the page puts one in, makes a form sent twice one event.

Anybody may send one, and nobody who did may be lost: a text that is too long is cut, a field that cannot be taken is
left out, and a person hears of it; only who wrote must be clear. What is known of a lead already is not written over.
What a person hears is short: whoever sends a form does not fill his page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from hashlib import sha256
from typing import Final, cast
from urllib.parse import parse_qsl
from uuid import uuid4

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File, create_form_parser

from kweek.intake.check import check
from kweek.intake.check_lead import COMPANY_KEYS, MOST_CONSENTS, Vocabulary
from kweek.intake.imports.cells import Decimal, decimal_sign, read_number
from kweek.intake.incoming import OWN_COLUMNS, BadEventError, Fault, Incoming, Note
from kweek.intake.sources import FIELDS as SOURCE_FIELDS
from kweek.intake.sources import is_about_source, shortened
from kweek.intake.values import TOO_LONG, nearest, printable, shown
from kweek.leads.bant import Found
from kweek.rules.said import ROOT

HONEYPOT: Final = "homepage_url"  # people do not see this field; what fills it in is a machine
REDIRECT: Final = "redirect"
KINDS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
VISITOR: Final = "visitor"  # whose browser it is, where the script for visitors says so
_ITS_OWN: Final = (HONEYPOT, REDIRECT, VISITOR, "id")
_MUST: Final = ("lead", "lead.email")  # who wrote
MOST_FIELDS: Final = 100
_PIECE: Final = 64 * 1024  # bytes of a form with files, read at once
_OF_COMPANY: Final = {"company": "name", **{f"company.{key}": key for key in COMPANY_KEYS}}
_MOST_NOTES: Final = 5  # about fields that nobody knows
_SHOWN: Final = 100  # characters of a value, as a person hears of it
_LONGEST_NOTE: Final = 1_000
_CONSENT: Final = re.compile(r"lead\.consents\[(\d+)\]\.(\w+)")
QUESTION: Final = "question."  # before the name of a field: what stood beside it
_LONGEST_QUESTION: Final = 500
_NEVER_CUT: Final = ("phone", "language", "country", "timezone", "legal_form")  # half of one is none
_OF_LEAD: Final = ("email", *OWN_COLUMNS)  # a sender's own ids are for programs with a key

Fields = Mapping[str, list[str]]
Evidence = Callable[[Found, str | None], str]
"""What a fact rests on, in words: which form, with the question (None: the form does not tell it) and the answer."""
Title = Callable[[str], str]
"""What people call a field, within a sentence; by its path, as `field_words` takes it."""


def read_form(body: bytes, kind: str = KINDS[0], most: int = MOST_FIELDS) -> dict[str, list[str]]:
    """The fields of a form's body, at most so many; files are left out. kind: its content type. BadEventError where it
    is none."""
    try:
        pairs = _multipart(body, kind, most) if kind.startswith(KINDS[1]) else _urlencoded(body, most)
    except (UnicodeError, ValueError, FormParserError):
        raise BadEventError([Fault("form", "this is not a form that can be read")], "form") from None
    read = letters_of(pairs)
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        if said := read(value):
            fields.setdefault(read(name), []).append(said)
    return fields


def letters_of(pairs: Sequence[tuple[bytes, bytes]]) -> Callable[[bytes], str]:
    """How a form is written, all of it alike: in UTF-8, else in what a page without a charset sends (WHATWG: cp1252).
    Without NUL, which PostgreSQL does not hold: nobody is lost for it. The end of a line is one character, as a browser
    counts it (`maxlength`), which sends two."""
    try:
        for name, value in pairs:
            _ = name.decode(), value.decode()
    except UnicodeError:
        return lambda text: _plain(text.decode("cp1252", "replace"))
    return lambda text: _plain(text.decode())


def _plain(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def _urlencoded(body: bytes, most: int) -> list[tuple[bytes, bytes]]:
    pairs = parse_qsl(body.decode("latin-1"), encoding="latin-1", max_num_fields=most)  # a letter, a byte
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]


def _multipart(body: bytes, kind: str, most: int) -> list[tuple[bytes, bytes]]:
    """RFC 7578. Files never touch the disk."""
    pairs: list[tuple[bytes, bytes]] = []
    files = 0

    def take(field: Field) -> None:
        if len(pairs) == most:
            raise ValueError("too many fields")
        pairs.append((field.field_name or b"", field.value or b""))

    def skip(file: File) -> None:
        nonlocal files
        file.close()
        if (files := files + 1) > most:
            raise ValueError("too many files")

    whole = {"MAX_MEMORY_FILE_SIZE": len(body)}
    parser = create_form_parser({"Content-Type": kind.encode("latin-1")}, take, skip, whole)
    for start in range(0, len(body), _PIECE):
        _ = parser.write(body[start : start + _PIECE])
    parser.finalize()
    return pairs


def event_of_form(
    kind: str,
    fields: Fields,
    words: Vocabulary,
    now: datetime,
    proof: str,
    zone: tzinfo = UTC,
    evidence: Evidence | None = None,
    title: Title = str,
) -> Incoming | None:
    """The event to record; None for a machine that fell for the honeypot. zone: whose clock moments are of, which a
    browser writes without. evidence, title: in the words of the workspace; else by the names of its fields.
    BadEventError: nobody can say who wrote."""
    if fields.get(HONEYPOT):
        return None
    form = _Form((fields.get("id") or [""])[0].strip() or str(uuid4()), kind, words, proof, zone, title)
    for name, values in fields.items():
        if name not in _ITS_OWN:
            form.put(name, values)
    unasked = replace(words, purposes=tuple[str, ...])  # a permission is kept as it was given
    while True:
        try:
            event = check(form.said(), unasked, now)
        except BadEventError as error:
            left_out = [form.cut(fault) or form.leave_out(fault) for fault in error.faults if fault.field not in _MUST]
            if len(left_out) < len(error.faults) or not any(left_out):
                raise
        else:
            touch = replace(event.touch, how="form") if event.touch else None
            facts = tuple(form.rests(fact, evidence or form.plainly) for fact in event.lead.facts)
            lead = replace(event.lead, fills_only=True, facts=facts)
            return replace(event, lead=lead, notes=tuple(form.notes), touch=touch)


def by_its_sender(event: Incoming) -> Incoming:
    """Where its id is another's: a page that puts the same one into all its forms. Sent twice, it is one still."""
    own = sha256(f"{event.id}\n{event.kind}\n{event.lead.email}".encode(errors="replace")).hexdigest()
    words = f"The form {event.kind} puts one and the same id into several: each one that is shown needs its own."
    return replace(event, id=f"form:{own}", notes=(*event.notes, Note("form", words, once=True)))


def must_be_mended(error: BadEventError) -> list[Fault]:
    """What only he can put right who wrote; the rest would be left out."""
    return [fault for fault in error.faults if fault.field in _MUST] or list(error.faults)


class _Form:
    """What was written, by where it belongs; and what a person should hear of it."""

    def __init__(self, id: str, kind: str, words: Vocabulary, proof: str, zone: tzinfo, title: Title) -> None:
        self.id, self.kind, self.words, self.proof, self.zone, self.title = id, kind, words, proof, zone, title
        self.lead: dict[str, object] = {}
        self.company: dict[str, object] = {}
        self.facts: dict[str, object] = {}
        self.data: dict[str, object] = {}
        self.source: dict[str, object] = {}
        self.consents: dict[int, dict[str, str]] = {}
        self.questions: dict[str, str] = {}
        self.notes: list[Note] = []

    def put(self, name: str, values: list[str]) -> None:
        value = ", ".join(values)
        if not value.strip() and not name.startswith("consent."):  # a field left empty says nothing
            return
        if self._type(name) == "moment":
            value = on_clock(value, self.zone)
        if self._type(name) == "number" or name == "company.size":
            value = _as_number(value, self.words.country)
        if name in SOURCE_FIELDS:  # and what the workspace has a field for besides
            self.source[SOURCE_FIELDS[name]] = shortened(SOURCE_FIELDS[name], values[0])
        if name.startswith(QUESTION):
            if printable(value):
                self.questions[name.removeprefix(QUESTION)] = " ".join(value.split())[:_LONGEST_QUESTION]
        elif name.startswith("consent."):
            for words in values:
                self._consent(name, words)
        elif name in self.words.events.get(self.kind, {}):
            self.data[name] = value
        elif name in _OF_COMPANY:
            self.company[_OF_COMPANY[name]] = value
        elif name.startswith(ROOT) and name.removeprefix(ROOT) in self.words.facts.types:
            self.facts[name.removeprefix(ROOT)] = value
        elif name in _OF_LEAD or name in self.words.fields:
            self.lead[name] = value
        elif not is_about_source(name) and len(self.notes) < _MOST_NOTES:
            words = f"The form {self.kind} sends “{shown(name)}”, which is no field for a form: it is left out."
            self._note(words, once=True)

    def _type(self, name: str) -> str | None:
        return self.words.events.get(self.kind, {}).get(name) or self.words.fields.get(name)

    def said(self) -> dict[str, object]:
        self._order = list(self.consents)
        company = {"company": self.company} if self.company else {}
        consents = {"consents": list(self.consents.values())} if self.consents else {}
        facts = {"bant": self.facts} if self.facts else {}
        lead = {**self.lead, **company, **consents, **facts}
        return {"id": f"form:{self.id}", "type": self.kind, "lead": lead, "data": self.data, "source": self.source}

    def rests(self, fact: Found, evidence: Evidence) -> Found:
        return replace(fact, how="form", evidence=evidence(fact, self.questions.get(f"{ROOT}{fact.fact}")))

    def plainly(self, fact: Found, question: str | None) -> str:
        return f"{self.kind} · {question or f'{ROOT}{fact.fact}:'} {fact.value}"

    def cut(self, fault: Fault) -> bool:
        """Keep as much of a text as may be, and say so. False: it is not too long, or half of it would be nothing."""
        place, name = self._place_of(fault)
        if fault.sentence != TOO_LONG or not self._may_be_cut(place, name):
            return False
        text, most = str(self._places()[place][name]), cast("int", fault.values["most"])
        self._places()[place][name] = f"{text.strip()[: most - 1]}…"
        self._said_of(self.title(_path_of(place, name, self.kind)), text, fault, " It was cut.")
        return True

    def _may_be_cut(self, place: str, name: str) -> bool:
        fact = self.words.facts.types.get(name) if place == "lead.bant" else None
        chosen = fact is not None and bool(fact.values)
        return bool(place) and not chosen and (place == "data" or name not in _NEVER_CUT)

    def _place_of(self, fault: Fault) -> tuple[str, str]:
        """And the name there; ("", ""): nothing of the kind is there."""
        places = self._places()
        place = next((one for one in places if fault.field.startswith(f"{one}.")), "")
        name = fault.field.removeprefix(f"{place}.")
        return (place, name) if place and name in places[place] else ("", "")

    def leave_out(self, fault: Fault) -> bool:
        """Take away what is wrong, and say so. False: nothing of it is there (any more: its company or its consent went
        with an earlier fault), or it is nothing that can be left out."""
        if fault.field == "id":
            self.id = sha256(self.id.encode(errors="replace")).hexdigest()  # still the same where it is sent twice
            return True
        if found := _CONSENT.match(fault.field):
            return self._leave_out_consent(int(found[1]), found[2], fault)
        if fault.field == "lead.company.name":
            return self._leave_out_company(fault)
        place, name = self._place_of(fault)
        if not place:
            return False
        self._left_out(self.title(_path_of(place, name, self.kind)), str(self._places()[place].pop(name)), fault)
        return True

    def _places(self) -> dict[str, dict[str, object]]:
        return {
            "lead.company": self.company, "lead.bant": self.facts, "lead": self.lead, "data": self.data,
            "source": self.source,
        }  # fmt: skip

    def _leave_out_consent(self, place: int, name: str, fault: Fault) -> bool:
        consent = self.consents.pop(self._order[place], None)
        if consent is not None:
            called = f"consent for “{shown(consent['purpose'])}” by {shown(consent['channel'])}"
            self._left_out(called, consent["words"] if name == "words" else "", fault)
        return consent is not None

    def _leave_out_company(self, fault: Fault) -> bool:
        """All that is said of it hangs on its name."""
        if not self.company:
            return False
        name, called = str(self.company.pop("name", "")), self.title("company.name")
        details = ", ".join(self.title(f"company.{key}") for key in self.company)
        self.company = {}
        if name:
            self._left_out(called, name, fault, f" So was what was said of it: {details}." if details else "")
        else:
            self._left_out(f"{details} without {called}", "", fault)
        return True

    def _left_out(self, called: str, value: str, fault: Fault, also: str = "") -> None:
        self._said_of(called, value, fault, f" It was left out.{also}")

    def _said_of(self, called: str, value: str, fault: Fault, and_now: str) -> None:
        said = f" “{short}”" if (short := _short(value)) else ""
        self._note(f"The form {self.kind} sent {called}{said}: {fault.words}.{and_now}")

    def _note(self, words: str, *, once: bool = False) -> None:
        if (note := Note("form", words[:_LONGEST_NOTE], once)) not in self.notes:
            self.notes.append(note)

    def _consent(self, name: str, words: str) -> None:
        _, purpose, *channel = name.split(".", 2)
        on = channel[0] if channel else "email"
        if len(self.consents) == MOST_CONSENTS:
            words = f"The form {self.kind} asks more than {MOST_CONSENTS} consents: the rest is left out."
            self._note(words, once=True)
            return
        source = {"source": f"form {self.kind}", "proof": self.proof}
        self.consents[len(self.consents)] = {"channel": on, "purpose": purpose, "words": words, **source}
        known = tuple(sorted(self.words.purposes())) if on == "email" else ()
        if known and purpose not in known:
            asked = f"The form {self.kind} asks consent for “{shown(purpose)}”, and no mail does"
            self._note(f"{asked}{nearest(purpose, known)}; there are {', '.join(known)}", once=True)


def _path_of(place: str, name: str, kind: str) -> str:
    """`lead.phone`, `company.size`, `event.quote.requested.surface`."""
    match place:
        case "data":
            return f"event.{kind}.{name}"
        case "lead.company" | "lead.bant":
            return f"{place.removeprefix('lead.')}.{name}"
        case _:
            return f"{place}.{name}"


def _short(value: str) -> str:
    """On one line, and cut."""
    line = " ".join(value.split())
    if not printable(line):
        return "?"
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


def _as_number(written: str, country: str | None) -> str:
    """`1.200` and `12,5` as they are written where the workspace is; anything else as it was written."""
    number = read_number(written, cast("Decimal", decimal_sign([written], country).as_written))
    return written if number is None else str(number)


def on_clock(written: str, zone: tzinfo) -> str:
    """What `<input type="datetime-local">` holds, with its offset; anything else as it was written."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return written
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()
