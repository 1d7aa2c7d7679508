"""What does a heading name? The fields that a column may fill, and what people call them in Dutch and in English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from rapidfuzz import fuzz, process

_ANOTHER_PHONE: Final = (
    "tel zakelijk", "tel werk", "tel mobiel", "tel vast", "tel prive", "telefoon werk", "telefoon prive",
    "zakelijke telefoon", "mobiel zakelijk", "mobiel prive", "telefoonnummer zakelijk", "telefoonnummer prive",
    "telefoonnummer mobiel", "whatsapp", "whatsapp nummer", "office phone", "home phone", "main phone",
    "phone mobile", "phone work", "phone home",
)  # fmt: skip

TARGETS: Final[Mapping[str, tuple[str, ...]]] = {
    "email": (
        "e-mail", "email", "mail", "e-mailadres", "emailadres", "mailadres", "e-mail address", "mail address",
        "zakelijk e-mailadres", "business email", "work email", "e-mail zakelijk", "zakelijke e-mail", "e-mail werk",
        "primary email", "contact email", "e-mail contactpersoon", "e-mail 1 value",
    ),
    "kweek_id": (),  # as our own list of leads says it
    "external_id": (  # of one person, whoever wrote the file; see `NUMBERS`
        "external id", "externe id", "extern id", "contact id", "contactpersoon id", "crm id", "lead id", "record id",
        "person id", "persoon id",
    ),
    "name": (
        "name", "naam", "volledige naam", "full name", "contact", "contactpersoon", "contact person", "contact name",
    ),
    "first_name": (
        "first name", "firstname", "given name", "forename", "voornaam", "roepnaam", "voornamen",
        "voornaam contactpersoon", "contact first name",
    ),
    "infix": ("tussenvoegsel", "tussenvoegsels", "tussenv", "voorvoegsel", "infix", "tv", "name prefix"),
    "last_name": (
        "last name", "lastname", "surname", "family name", "achternaam", "familienaam", "geslachtsnaam",
        "achternaam contactpersoon", "contact last name",
    ),
    "phone": (
        "phone", "telephone", "tel", "telefoon", "telefoonnummer", "telnr", "tel nr", "phone number", "mobile",
        "mobile phone", "cell phone", "mobiel", "mobiele telefoon", "mobiel nummer", "gsm", "06 nummer",
        "doorkiesnummer", "direct phone", "mobielnummer", "mobile number", "cellphone", "telefoonnr",
        "telefoon zakelijk",
        "zakelijk telefoonnummer", "telefoon mobiel", "telefoon vast", "vast nummer", "work phone", "business phone",
        "contact phone", "contact number", "phone 1 value", *_ANOTHER_PHONE,
    ),
    "job_title": (
        "job title", "title", "job", "role", "position", "functie", "functienaam", "functietitel", "beroep", "rol",
        "functieomschrijving", "functie contactpersoon", "job function", "occupation", "organization title",
        "organisation title",
    ),
    "language": (
        "language", "lang", "taal", "voorkeurstaal", "preferred language", "taalcode", "language code", "spreektaal",
        "correspondentietaal",
    ),
    "country": ("country", "land", "landcode", "country code", "landnaam", "country name", "country region"),
    "timezone": ("timezone", "time zone", "tijdzone"),
    "campaign": (
        "campaign", "campagne", "utm campaign", "lead source", "bron", "herkomst", "source",
        "campagnenaam", "campaign name", "leadbron",
    ),
    "company.name": (
        "company", "company name", "organisation", "organization", "account", "account name", "bedrijf",
        "bedrijfsnaam", "organisatie", "firma", "firmanaam", "werkgever", "employer", "klant", "klantnaam",
        "bedrijf organisatie", "company organization", "company organisation", "naam bedrijf", "naam organisatie",
        "organisatienaam", "organisation name", "organization name", "onderneming", "naam onderneming", "handelsnaam",
        "business name", "employer name", "company account", "associated company", "organization 1 name",
    ),
    "company.country": ("company country", "land bedrijf", "bedrijfsland", "vestigingsland"),
    "company.legal_form": ("legal form", "rechtsvorm", "ondernemingsvorm"),
    "company.sector": ("sector", "branche", "industry", "bedrijfstak", "bedrijfssector", "sbi omschrijving"),
    "company.size": (
        "company size", "size", "employees", "number of employees", "aantal medewerkers", "medewerkers",
        "aantal werknemers", "werknemers", "fte", "aantal fte", "bedrijfsgrootte", "bedrijfsomvang", "personeel",
        "aantal personeelsleden", "headcount", "no of employees",
    ),
}  # fmt: skip
"""Field → what stands above such a column. infix: goes before the last name, as in “van der Berg”."""

WITHOUT: Final = (
    "woonplaats", "plaats", "plaatsnaam", "vestigingsplaats", "stad", "gemeente", "postcode", "adres", "straat",
    "straatnaam", "huisnummer", "toevoeging", "provincie", "regio", "website", "afdeling", "opmerking", "opmerkingen",
    "notitie", "notities", "aanhef", "geslacht", "geboortedatum", "city", "town", "address", "street", "house number",
    "zip", "zip code", "postal code", "province", "state", "county", "region", "url", "web site", "department",
    "remark", "remarks", "note", "notes", "comment", "comments", "salutation", "gender", "date of birth",
)  # fmt: skip
"""What often stands above a column and is no field of Kweek's: not a near miss of one that is."""

NUMBERS: Final = (
    "id", "ids", "no", "nr", "number", "num", "nummer", "code", "relatie", "debiteur", "account", "klant",
    "klantnummer", "klantnr", "relatienummer", "relatienr", "debiteurnummer", "debiteurnr", "lidnummer", "lidnr",
    "contactnummer", "contactnr",
    "klantcode", "relatiecode", "debiteurcode", "bedrijfsnummer", "accountnummer", "accountnr", "organisatienummer",
)  # fmt: skip
"""Words that number something: a company as well as a person, or a row of this one file. Nobody is known by them unless
somebody says so: all who work at a company would be one."""

_OTHERWISE: Final = (*NUMBERS, "label", "type", "status", "date", "datum", "owner", "eigenaar")
"""Words by which a heading names something else than one that lacks them: `Organization ID` is no organization."""

_LESS: Final = ("title", *_ANOTHER_PHONE)
"""What may be something else as well (`Mr.`), or is often one of two: where another column names the same field, that
one is it."""

_NO_NAME: Final = re.compile(
    r"(?:[a-z]|(?:kolom|column|col|colonne|spalte|field|veld|feld|champ|unnamed|untitled|c|f|v|no column name)?"
    r"(?: ?\d+)*)"
)
"""Tidied: `Kolom3`, `Unnamed: 3`, `B`, `12`."""

_IDS: Final = ("external_id", "kweek_id")  # which are written so, and not nearly so
_NEAR: Final = 86  # of 100: “E-mial adres” yes, “Adres” no
_SHORT: Final = 5  # letters below which a near miss is another word


@dataclass(frozen=True, slots=True)
class Named:
    """The field that a heading names. near: it is not written so, but nearly: like this. less: it may well be something
    else."""

    target: str
    near: str | None = None
    less: bool = False


def named(
    heading: str, own: Iterable[str], titles: Mapping[str, Collection[str]] = MappingProxyType({})
) -> Named | None:
    """own: the workspace's fields, which go by their own name and titles before all else."""
    fields = {tidy(title): name for name in own for title in titles.get(name, ())} | {tidy(name): name for name in own}
    word = tidy(heading)
    if word in fields:
        return Named(fields[word])
    if word in _words():
        return Named(_words()[word], less=word in _LESS)
    known = {**_words(), **fields}
    if len(word) < _SHORT or word in WITHOUT:
        return None
    near = [one for one, target in known.items() if len(one) >= _SHORT and target not in _IDS]
    best = process.extractOne(word, near, scorer=fuzz.ratio, score_cutoff=_NEAR)
    if best is None or any(other not in best[0] for other in _otherwise(word)):
        return None
    return Named(known[best[0]], best[0])


def says_nothing(heading: str) -> bool:
    """No word of somebody's stands above it: what the column is, only its cells can tell."""
    return _NO_NAME.fullmatch(tidy(heading)) is not None


def numbers(heading: str) -> bool:
    """May it be the number of somebody, or of something?"""
    word = tidy(heading)
    return word not in WITHOUT and not _otherwise(word).isdisjoint(NUMBERS)


def names_columns(cells: Sequence[str]) -> bool:
    """Are these headings, and no title above them? One is that of an address, or most are known."""
    words = [word for cell in cells if (word := tidy(cell))]
    known = [word for word in words if word in _words() or word in WITHOUT]
    addresses = any(_words().get(word) == "email" for word in words)
    return addresses or (len(known) > 1 and len(known) * 2 > len(words))


def _otherwise(word: str) -> set[str]:
    return set(word.split()).intersection(_OTHERWISE)


def tidy(heading: str) -> str:
    """Without accents, capitals and what stands between words: `E-Mail_Adres` is `e mail adres`."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", heading) if not unicodedata.combining(one))
    return " ".join(re.findall(r"[^\W_]+", plain.casefold()))


@cache
def _words() -> Mapping[str, str]:
    return {tidy(word): target for target, words in TARGETS.items() for word in (*words, target)}
