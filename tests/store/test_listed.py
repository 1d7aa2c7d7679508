"""Does the list of leads hold whom it says, each once, whatever is asked and however it is paged?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from kweek.leads import listed, tables
from kweek.leads.database import Database
from kweek.leads.listed import By, Wanted
from tests.store.making import NOW

FRESH = "C4"
_NAMES = ("Anna de Vries", "anton Visser", "Bob Jansen", "Étienne 100%_", "Vries")


def _lead(n: int) -> dict[str, Any]:
    graded = n % 3 != 0
    return {
        "id": f"l{n:02}", "email": f"M{n}@Example.com", "email_key": f"m{n}@example.com", "fields": {},
        "name": _NAMES[n % 5] if n % 2 else None, "first_name": "Ann" if n % 10 == 0 else None,
        "last_name": "De Wit" if n % 10 == 0 else None, "company_id": f"c{n % 4}" if n % 4 else None,
        "campaign": f"k{n % 2}", "stage": "suspect" if n % 5 else "customer",
        "created_at": NOW + timedelta(hours=n // 4),
        "profile": "ABCD"[n % 4] if graded else None, "engagement": n % 4 + 1 if graded else None,
        "points_profile": (n % 7 - 3) * graded, "points_intent": n % 4 * graded, "points_interest": 0,
        "merged_into": "l00" if n == 7 else None,
    }  # fmt: skip


LEADS = [_lead(n) for n in range(40)]
COMPANIES = {"c1": "Vries Orchideeën", "c2": "Anthurium B.V.", "c3": "De Kas"}
IN_A = {f"l{n:02}" for n in range(0, 40, 6)}


@pytest.fixture(autouse=True)
def the_leads(database: Database) -> None:
    version: dict[str, Any] = {"number": 1, "source": {}, "published_at": NOW, "published_by": "x"}
    walks: list[dict[str, Any]] = [
        {
            "id": f"{lead}-1", "lead_id": lead, "flow": "a", "version": "v", "started_at": NOW, "state": {},
            "live": True,
            "step": "steps/wait-1" if lead != "l06" else None, "ended_at": NOW if lead == "l06" else None,
        }
        for lead in sorted(IN_A)
    ]  # fmt: skip
    with database.write() as tx:
        companies = [{"id": id, "name": name, "name_key": name.casefold()} for id, name in COMPANIES.items()]
        tx.execute(insert(tables.companies), [{**one, "fields": {}} for one in companies])
        tx.execute(insert(tables.leads), LEADS)
        tx.execute(insert(tables.versions).values(hash="v", flow="a", **version))
        tx.execute(insert(tables.enrolments), walks)


def _grade(lead: dict[str, Any]) -> str:
    return f"{lead['profile']}{lead['engagement']}" if lead["profile"] else FRESH


def _begins(lead: dict[str, Any], q: str) -> bool:
    names = [lead["name"], lead["first_name"], lead["last_name"], lead["email"], COMPANIES.get(lead["company_id"])]
    return any(name is not None and name.lower().startswith(q.lower()) for name in names)


ASKED: dict[str, tuple[Wanted, Callable[[dict[str, Any]], bool]]] = {
    "all": (Wanted(), lambda lead: True),
    "a grade": (Wanted(grade="B2"), lambda lead: _grade(lead) == "B2"),
    "the grade of whoever has none": (Wanted(grade=FRESH), lambda lead: _grade(lead) == FRESH),
    "a letter": (Wanted(grade="C"), lambda lead: _grade(lead)[0] == "C"),
    "no grade at all": (Wanted(grade="Z9"), lambda lead: False),
    "a stage": (Wanted(stage="customer"), lambda lead: lead["stage"] == "customer"),
    "a campaign": (Wanted(campaign="k1"), lambda lead: lead["campaign"] == "k1"),
    "a flow": (Wanted(flow="a"), lambda lead: lead["id"] in IN_A - {"l06"}),
    "a company by its id": (Wanted(company="c2"), lambda lead: lead["company_id"] == "c2"),
    "a company by its name": (Wanted(company="vries"), lambda lead: lead["company_id"] == "c1"),
    "a name": (Wanted(q="AN"), lambda lead: _begins(lead, "an")),
    "a surname": (Wanted(q="de w"), lambda lead: _begins(lead, "de w")),
    "an address": (Wanted(q="M1"), lambda lead: _begins(lead, "m1")),
    "a company and a name": (Wanted(q="vries"), lambda lead: _begins(lead, "vries")),
    "an accent": (Wanted(q="Éti"), lambda lead: _begins(lead, "éti")),
    "signs that mean something elsewhere": (Wanted(q="%"), lambda lead: False),
    "several at once": (
        Wanted(grade="C", campaign="k0", q="ann", flow="a"),
        lambda lead: (
            _grade(lead)[0] == "C" and lead["campaign"] == "k0" and _begins(lead, "ann") and lead["id"] in IN_A
        ),
    ),
}


def _order(by: By) -> Callable[[dict[str, Any]], Any]:
    worth = ("points_profile", "points_intent", "points_interest")
    return lambda lead: (sum(lead[one] for one in worth) if by == "points" else lead["created_at"], lead["id"])


@pytest.mark.parametrize("few", [True, False], ids=["few", "many"])
@pytest.mark.parametrize("by", ["newest", "points"])
def test_whoever_is_asked_for_is_there_once_and_in_order(
    database: Database, monkeypatch: pytest.MonkeyPatch, by: By, few: bool
) -> None:
    if not few:
        monkeypatch.setattr(listed, "_FEW", 0)
    for name, (wanted, fits) in ASKED.items():
        there = [lead for lead in LEADS if lead["merged_into"] is None and fits(lead)]
        expected = [lead["id"] for lead in sorted(there, key=_order(by), reverse=True)]
        assert _paged(database, wanted, by) == expected, name


def _paged(database: Database, wanted: Wanted, by: By) -> list[str]:
    found: list[str] = []
    after: str | None = ""
    with database.read() as read:
        which = listed.which(read, wanted, FRESH)
        while after is not None:
            page = listed.page(read, which, by, after, 7)
            found += [row.id for row in page.rows]
            after = page.after
        assert listed.count(read, which, 1_000) == len(found)
    return found


def test_each_says_who_it_is_what_it_is_worth_and_where_it_walks(database: Database) -> None:
    said: list[object] = []
    with database.read() as read:
        for q in ("m12@", "m14@"):
            page = listed.page(read, listed.which(read, Wanted(q=q), FRESH), "newest", "", 5)
            said += [(row.who, row.company, row.worth, page.flows) for row in page.rows]
    assert said == [
        ("M12@Example.com", None, 0, {"l12": ["a"]}),
        ("M14@Example.com", "Anthurium B.V.", -1, {}),
    ]


@pytest.mark.parametrize(
    "after",
    [
        "nonsense",
        "5~",
        "2026-03-02T09:00:00+00:00~",
        "0001-01-01T00:00:00+14:00~l01",
        "2026-03-02T09:00:00+00:00~\0",
    ],
)
def test_an_address_that_was_cut_off_shows_the_first_page(database: Database, after: str) -> None:
    with database.read() as read:
        which = listed.which(read, Wanted(), FRESH)
        assert listed.page(read, which, "newest", after, 3).rows == listed.page(read, which, "newest", "", 3).rows
        assert (
            listed.page(read, which, "points", f"{'9' * 40}~x", 3).rows
            == listed.page(read, which, "points", "", 3).rows
        )


def test_more_than_can_be_counted_soon_are_counted_no_further(
    database: Database,
) -> None:
    with database.read() as read:
        assert listed.count(read, listed.which(read, Wanted(), FRESH), 10) == 11


def test_the_cells_hold_everybody_once(database: Database) -> None:
    with database.write() as tx:
        tx.execute(update(tables.leads).filter_by(id="l11").values(merged_into="l00"))
    left = [lead for lead in LEADS if lead["id"] not in ("l07", "l11")]
    with database.read() as read:
        cells = listed.cells(read, FRESH)
        assert +cells == Counter(map(_grade, left))
        for grade, leads in cells.items():
            assert listed.count(read, listed.which(read, replace(Wanted(), grade=grade), FRESH)) == leads
