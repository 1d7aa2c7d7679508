"""What does a heading name? The fields that a column may fill, and what people call them in Dutch and in English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from rapidfuzz import fuzz, process

TARGETS: Final[Mapping[str, tuple[str, ...]]] = {
    "email": (
        "e-mail", "email", "mail", "e-mailadres", "emailadres", "mailadres", "e-mail address", "mail address",
        "zakelijk e-mailadres", "business email", "work email", "e-mail zakelijk", "zakelijke e-mail", "e-mail werk",
        "primary email", "contact email", "e-mail contactpersoon",
    ),
    "kweek_id": (),  # as our own list of leads says it
    "external_id": (
        "id", "external id", "klantnummer", "klantnr", "relatienummer", "relatienr", "debiteurnummer", "debiteurnr",
        "customer number", "customer id", "contact id", "crm id", "lead id", "record id", "account id", "nummer",
        "klant id", "relatie id", "externe id", "extern id", "crm nummer", "lidnummer", "customer no", "member number",
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
        "contact phone", "contact number",
    ),
    "job_title": (
        "job title", "title", "job", "role", "position", "functie", "functienaam", "functietitel", "beroep", "rol",
        "functieomschrijving", "functie contactpersoon", "job function", "occupation",
    ),
    "language": (
        "language", "taal", "voorkeurstaal", "preferred language", "taalcode", "language code", "spreektaal",
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
        "business name", "employer name",
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

_NEAR: Final = 86  # of 100: “E-mial adres” yes, “Adres” no
_SHORT: Final = 5  # letters below which a near miss is another word


@dataclass(frozen=True, slots=True)
class Named:
    """The field that a heading names. near: it is not written so, but nearly: like this."""

    target: str
    near: str | None = None


def named(
    heading: str, own: Iterable[str], titles: Mapping[str, Collection[str]] = MappingProxyType({})
) -> Named | None:
    """own: the workspace's fields, which go by their own name and titles before all else."""
    fields = {tidy(title): name for name in own for title in titles.get(name, ())} | {tidy(name): name for name in own}
    word = tidy(heading)
    if word in fields:
        return Named(fields[word])
    if word in _words():
        return Named(_words()[word])
    known = {**_words(), **fields}
    if len(word) < _SHORT or word in WITHOUT:
        return None
    best = process.extractOne(word, [one for one in known if len(one) >= _SHORT], scorer=fuzz.ratio, score_cutoff=_NEAR)
    return None if best is None else Named(known[best[0]], best[0])


def tidy(heading: str) -> str:
    """Without accents, capitals and what stands between words: `E-Mail_Adres` is `e mail adres`."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", heading) if not unicodedata.combining(one))
    return " ".join(re.findall(r"[^\W_]+", plain.casefold()))


@cache
def _words() -> Mapping[str, str]:
    return {tidy(word): target for target, words in TARGETS.items() for word in (*words, target)}
