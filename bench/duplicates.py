"""How many duplicates are found, and how many of what is found are right? On made-up people with known duplicates.

    python -m bench.duplicates [PEOPLE]

Of every ten people one comes a second time, written otherwise: without accents, with an initial, surname first, with a
slip of the finger, by another address, another telephone, or the company with or without its legal form. Between them
stand people who only look alike: families in one company, namesakes elsewhere, colleagues behind one telephone number.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic

from sqlalchemy import select

from activities.duplicates import Comparing
from kweek.intake.incoming import CompanyIn, Incoming, LeadIn
from kweek.intake.record import record
from kweek.leads import tables
from kweek.leads.database import Database, open_database
from kweek.leads.migrate import migrate

GIVEN = """
Jan Piet Klaas Maria Marieke Anna Anne Annemarie Sanne Johan Johannes Hans Willem Wim Karel Kees Cornelis Thomas Tom
Lars Lieke Fleur Eva Noor Daan Sem Bram Luuk Lucas Finn Milan Mila Zoë Chloë René Renée André Andrea José Fatima
Mohammed Youssef Aylin Mehmet Ali Esra Björn Søren Claire François Peter Pieter Petra Paul Paula Marc Mark
"""
SURNAMES = """
Jansen|Janssen|Jansens|de Vries|van den Berg|van de Berg|Bakker|Visser|Smit|Smits|Meijer|Meyer|de Boer|Mulder
de Groot|Bos|Vos|Peters|Peeters|Hendriks|van Leeuwen|Dekker|Brouwer|de Wit|Dijkstra|Smeets|de Graaf|van der Meer
van der Linden|Kok|Jacobs|de Haan|Vermeulen|van den Heuvel|van der Veen|Müller|Özdemir|Yılmaz|El Amrani|Nguyen
Kuijpers|Kuipers|Schouten|Willems|van Beek|Hoekstra|Koster|Prins|Huisman|Postma|Gerritsen|Evers|d'Hondt|ter Horst
"""
COMPANIES = (
    "Acme Lindeboom Noordzee Zonneveld Polder Rijnmond Hanze Veluwe Maasland Delta Brabant Zuider Ooster Duin Dijk"
)
TRADES = "Techniek Klimaat Installatie Bouw Logistiek Zorg Vastgoed Groothandel Tuinbouw"
PLACES = "Delft Gouda Zwolle Breda Venlo Emmen Sneek Tiel"
FORMS = ("B.V.", "BV", "b.v.", "N.V.", "VOF", "")
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Someone:
    """who: the same number, the same person."""

    who: int
    given: str
    surname: str
    company: str
    email: str
    phone: str | None
    name: str = ""

    @property
    def lead(self) -> LeadIn:
        name = self.name or f"{self.given} {self.surname}"
        profile = {"name": name} | ({"phone": self.phone} if self.phone else {})
        return LeadIn(email=self.email, company=CompanyIn(self.company) if self.company else None, profile=profile)


def people(count: int, chance: Random) -> Iterator[Someone]:
    names = [f"{name} {trade}" for name in COMPANIES.split() for trade in TRADES.split()]
    places = [f"{name} {town}" for name in names for town in PLACES.split()]
    given_names, surnames = GIVEN.split(), SURNAMES.strip().replace("\n", "|").split("|")
    for who in range(count):
        place = chance.choice(places)
        given, surname = chance.choice(given_names), chance.choice(surnames)
        domain = place.casefold().replace(" ", "-") + ".example"
        free = chance.random() < 0.2
        email = f"p{who}@{'gmail.com' if free else domain}"
        switchboard = f"+3120{places.index(place):07d}"
        phone = chance.choice([None, switchboard, f"+316{chance.randrange(10**8):08d}"])
        one = Someone(who, given, surname, f"{place} {chance.choice(FORMS)}".strip(), email, phone)
        yield one
        if who % 10 == 0:
            yield again(one, domain, chance)


def again(one: Someone, domain: str, chance: Random) -> Someone:
    """The same person, as it is written a second time."""
    other = replace(one, email=f"q{one.who}@{chance.choice(['hotmail.com', domain])}")
    match chance.randrange(6):
        case 0:
            other = replace(other, name=f"{one.given[0]}. {one.surname}")
        case 1:
            other = replace(other, name=f"{one.surname}, {one.given}")
        case 2:
            other = replace(other, surname=slip(one.surname, chance))
        case 3:
            other = replace(other, name=f"Dhr. {one.given} {one.surname}".upper())
        case 4:
            other = replace(other, company=one.company.rpartition(" ")[0] + chance.choice([" Group", " Holding", "."]))
        case _:
            pass
    if chance.random() < 0.5:
        other = replace(other, phone=None)
    if chance.random() < 0.3:
        other = replace(other, company=f"{' '.join(one.company.split()[:3])} {chance.choice(FORMS)}".strip())
    return other


def slip(text: str, chance: Random) -> str:
    """Two letters swapped, one left out, or one twice."""
    at = chance.randrange(1, max(2, len(text) - 1))
    return chance.choice([text[:at] + text[at + 1 :], text[:at] + text[at] + text[at:]])


def measure(db: Database, count: int) -> str:
    chance = Random(943)
    whose: dict[str, int] = {}
    for n, one in enumerate(people(count, chance)):
        at = START + timedelta(seconds=n)
        whose[record(db, Incoming(f"e{n}", "form.sent", at, one.lead), at).lead_id] = one.who
    now, began, rounds = START + timedelta(days=30), monotonic(), 0
    comparing = Comparing(db)
    while comparing.compare(now, now):
        rounds += 1
    seconds = monotonic() - began
    with db.read() as read:
        found = read.execute(select(tables.duplicates)).all()
    right = [row for row in found if whose[row.first_id] == whose[row.second_id]]
    there = sum(times > 1 for times in Counter(whose.values()).values())
    wrong = [row for row in found if whose[row.first_id] != whose[row.second_id]]
    namesakes = sum(row.likeness == 1 for row in wrong)
    precision, recall = len(right) / max(1, len(found)), len(right) / there
    return (
        f"{len(whose)} leads, {there} of them twice; {len(found)} pairs proposed, {len(whose) / seconds:.0f} leads a "
        f"second\nprecision {precision:.3f}, recall {recall:.3f}; {len(wrong)} wrong, "
        f"{namesakes} of them namesakes in one company"
    )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with TemporaryDirectory() as folder:
        db = open_database(f"sqlite:///{Path(folder) / 'leads.db'}", make=True)
        migrate(db.engine)
        print(measure(db, count))
        db.close()


if __name__ == "__main__":
    main()
