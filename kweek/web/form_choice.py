"""Which form is it? What a colleague chose for it, as the query of an address; and what then stands in it.

The address of a form that Kweek itself shows is signed: the words of its consent are a colleague's, and no stranger
makes a page of ours that says something else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from urllib.parse import urlencode

from itsdangerous import Signer

from kweek.config import Settings
from kweek.intake.check_lead import Vocabulary
from kweek.intake.forms import QUESTION, REDIRECT, Evidence
from kweek.intake.values import Checker, longest_of
from kweek.leads.bant import Found
from kweek.rules.said import ROOT
from kweek.web.spoken import event_words, label_words, value_words
from kweek.words import LANGUAGES, Tongue

OF_LEAD: Final = ("first_name", "last_name", "name", "phone", "job_title", "company")
USUAL: Final = ("first_name", "last_name", "company")
"""What a form asks of whom it is where nobody chose."""

_INPUTS: Final[Mapping[str, tuple[str, str]]] = {
    "email": ("email", "email"),
    "first_name": ("text", "given-name"),
    "last_name": ("text", "family-name"),
    "name": ("text", "name"),
    "phone": ("tel", "tel"),
    "job_title": ("text", "organization-title"),
    "company": ("text", "organization"),
}
"""Field → type of the input, and what a browser may fill in by itself."""

_TYPES: Final = {"number": "number", "date": "date", "moment": "datetime-local", "yes/no": "checkbox"}
_LONG: Final = ("message", "question", "remarks", "note")  # fields in which people write sentences


@dataclass(frozen=True, slots=True)
class Choice:
    """fields: those that are asked besides the address. labels: of own ones. fixed: field of the event → what it
    always is. words: of the consent for e-mail of this purpose, phone_words: of that for the telephone; "": not
    asked."""

    event: str
    language: str
    fields: tuple[str, ...] = USUAL
    title: str = ""
    purpose: str = ""
    words: str = ""
    phone_words: str = ""
    redirect: str = ""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    fixed: Mapping[str, str] = field(default_factory=dict[str, str])

    def query(self) -> str:
        """As `read_choice` reads it."""
        texts = {name: getattr(self, name) for name in _TEXTS}
        pairs = [("language", self.language), *(("field", name) for name in self.fields)]
        pairs += [(name, text) for name, text in texts.items() if text]
        pairs += [(f"label.{name}", text) for name, text in sorted(self.labels.items())]
        pairs += [(f"fixed.{name}", text) for name, text in sorted(self.fixed.items())]
        return urlencode(pairs)


_TEXTS: Final = ("title", "purpose", "words", "phone_words", "redirect")


@dataclass(frozen=True, slots=True)
class Input:
    """type: of an input; `area`: for sentences, of so many characters at most; `select`: for one of these options, each
    with its words."""

    name: str
    label: str
    type: str
    autocomplete: str = "off"
    most: int = 0
    options: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Form:
    """consents: name of the checkbox → the words beside it, which are its value. hidden: name → value."""

    action: str
    inputs: tuple[Input, ...]
    consents: Mapping[str, str]
    hidden: Mapping[str, str]
    button: str


def usual(event: str, language: str, words: Vocabulary, say: Tongue, company: str) -> Choice:
    """Where nobody chose: who it is, all that the event carries, and the consent that the mails ask for."""
    purpose = min(words.purposes(), default="")
    consent = say("form.consent.usual", company=company) if purpose else ""
    return Choice(event, language, (*USUAL, *words.events[event]), purpose=purpose, words=consent)


def read_choice(event: str, asked: Sequence[tuple[str, str]], words: Vocabulary) -> Choice:
    """From the pairs of a query. BadEventError names what cannot be taken."""
    check, known = Checker("form"), (*OF_LEAD, *words.fields, *words.events[event], *of_facts(words))
    said = dict(asked)
    texts = {name: " ".join((check.text(said.get(name), name) or "").split()) for name in _TEXTS}
    if (texts["words"] or texts["phone_words"]) and not texts["purpose"]:
        check.fault("purpose", "say for what the consent is")
    language = said.get("language", "")
    if language not in LANGUAGES:
        check.fault("language", f"there are {', '.join(LANGUAGES)}")
    fields = tuple(dict.fromkeys(name for key, name in asked if key == "field" and name in known))
    labels = {name: " ".join((check.text(said.get(f"label.{name}"), f"label.{name}") or "").split()) for name in known}
    fixed = {name: check.text(said.get(f"fixed.{name}"), f"fixed.{name}") for name in words.events[event]}
    check.done()
    return Choice(
        event, language, fields, **texts,
        labels={name: text for name, text in labels.items() if text},
        fixed={name: text for name, text in fixed.items() if text},
    )  # fmt: skip


def form_of(choice: Choice, words: Vocabulary, action: str, say: Tongue) -> Form:
    """say: the language of the form."""
    types = {**words.fields, **words.events[choice.event]}
    inputs = tuple(
        _input(name, choice, types.get(name, "text"), words, say)
        for name in ("email", *(name for name in choice.fields if name not in choice.fixed))
    )
    questions = {f"{QUESTION}{one.name}": one.label for one in inputs if one.name.startswith(ROOT)}
    consents = {
        f"consent.{choice.purpose}": choice.words,
        f"consent.{choice.purpose}.telephone": choice.phone_words,
    }
    return Form(
        action,
        inputs,
        {name: text for name, text in consents.items() if text},
        {
            **choice.fixed,
            **questions,
            "language": choice.language,
            **({REDIRECT: choice.redirect} if choice.redirect else {}),
        },
        say("form.send"),
    )


def of_facts(words: Vocabulary) -> tuple[str, ...]:
    """What can be found out, as fields of a form: `bant.budget`."""
    return tuple(f"{ROOT}{name}" for name in words.facts.types)


def label_of(name: str, event: str, words: Vocabulary, say: Tongue) -> str:
    """What a field is called where nobody chose a label."""
    of = "" if name.startswith((ROOT, "company.")) else f"event.{event}." if name in words.events[event] else "lead."
    return say.maybe(f"form.label.{name}", label_words(say, f"{of}{name}"))


def evidence_of(event: str, words: Vocabulary, say: Tongue) -> Evidence:
    """“Brochure requested · Is there a budget? Reserved”. say: the language in which the form was filled in."""

    def evidence(fact: Found, question: str | None) -> str:
        asked = question or label_of(f"{ROOT}{fact.fact}", event, words, say)
        asked += "" if asked.endswith(("?", ":", ".", "…")) else ":"
        return f"{event_words(say, event)} · {asked} {value_words(say, fact.fact, fact.value)}"

    return evidence


def _input(name: str, choice: Choice, kind: str, words: Vocabulary, say: Tongue) -> Input:
    label = choice.labels.get(name) or label_of(name, choice.event, words, say)
    if name in _INPUTS:
        return Input(name, label, *_INPUTS[name])
    fact = words.facts.types.get(name.removeprefix(ROOT)) if name.startswith(ROOT) else None
    if fact is not None and fact.values:
        options = {value: value_words(say, fact.name, value) for value in fact.values}
        return Input(name, label, "select", options=options)
    if name in _LONG and kind == "text":
        where = "data" if name in words.events[choice.event] else "lead"
        return Input(name, label, "area", most=longest_of(f"{where}.{name}"))
    return Input(name, label, _TYPES.get(kind, "text"))


# --- the address of one that Kweek shows -----------------------------------------------------------------


def signed_path(choice: Choice, settings: Settings) -> str:
    return f"/f/{choice.event}?{choice.query()}&sign={_signer(settings).get_signature(_text(choice)).decode()}"


def is_signed(choice: Choice, sign: str, settings: Settings) -> bool:
    return _signer(settings).verify_signature(_text(choice), sign)


def _text(choice: Choice) -> str:
    return f"{choice.event}?{choice.query()}"


def _signer(settings: Settings) -> Signer:
    return Signer(settings.key("form"), salt="form", digest_method=sha256)
