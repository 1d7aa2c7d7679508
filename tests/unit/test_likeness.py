"""Whom would a colleague take for one person, and whom not?"""

from __future__ import annotations

import pytest

from kweek.leads.likeness import ENOUGH, Person, company_key, likeness, name_words

ACME = {"company": "Acme Klimaat B.V.", "email": "x@acme.example"}


def alike(one: dict[str, str], other: dict[str, str]) -> tuple[bool, str]:
    found, why = likeness(Person("1", **one), Person("2", **other))
    return found >= ENOUGH, why


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Jan van den Berg", "J. v.d. Berg"),
        ("Jan van den Berg", "Berg, Jan van den"),
        ("René Müller", "RENE MULLER"),
        ("Anna Meijer", "Mw. Anna Meyer"),
        ("Pieter Dijkstra", "Pieter Dijsktra"),
        ("Jan de Vries", "Jan de Vreis"),
        ("Jan Vos", "Jan Vso"),
        ("Anna Maria Visser", "Anna Visser"),
        ("Sanne O'Neill", "Sanne ONeill"),
    ],
)
def test_one_name_written_in_two_ways_at_one_company(name: str, other: str) -> None:
    one, two = {"name": name, "company": "Acme Klimaat B.V."}, {"name": other, "company": "ACME klimaat"}
    assert alike(one, two) == (True, "name and company")
    assert set(Person("1", **one).keys()) & set(Person("2", **two).keys()), "they are compared at all"


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Jan de Vries", "Piet de Vries"),
        ("J. de Vries", "P. de Vries"),
        ("Paul Jansen", "Paula Jansen"),
        ("Lea Jansen", "Ela Jansen"),
        ("Jansen", "Jan Jansen"),
        ("Karin Bos", "Kim Vos"),
        ("", "Jan Jansen"),
    ],
)
def test_colleagues_who_only_look_alike_are_left_in_peace(name: str, other: str) -> None:
    shared = {**ACME, "phone": "+31201234567"}
    assert not alike({**ACME, "name": name}, {**ACME, "name": other})[0]
    if name:
        assert not alike({**shared, "name": name}, {**shared, "name": other})[0] or name == "Jansen"


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ({"phone": "+31612345678", "name": "Ann Smit"}, {"phone": "+31612345678", "name": "A. Smit"}, "telephone"),
        ({"phone": "+31612345678"}, {"phone": "+31612345678", "name": "Ann Smit"}, "telephone"),
        (
            {"email": "ann@acme.test", "name": "Ann Smit"},
            {"email": "a@acme.test", "name": "A. Smit"},
            "name and domain",
        ),
        (
            {"first_name": "Ann", "last_name": "Smit", "company": "Acme Klimaat"},
            {"name": "Ann Smit", "company": "Acme Klimmaat NV"},
            "name and company",
        ),
    ],
)
def test_by_telephone_by_domain_and_by_a_company_with_a_slip(
    one: dict[str, str], other: dict[str, str], why: str
) -> None:
    assert alike(one, other) == (True, why)


def test_an_address_that_anybody_may_have_and_a_namesake_elsewhere_say_nothing() -> None:
    name = {"name": "Ann Smit"}
    assert not alike({**name, "email": "ann@gmail.com"}, {**name, "email": "smit@gmail.com"})[0]
    assert not alike({**name, "company": "Acme Klimaat"}, {**name, "company": "Lindeboom Zorg"})[0]


def test_words_of_names_and_companies() -> None:
    assert name_words("Mw. drs. J.P. van der Bosch-Müller") == ("j", "p", "bosch", "muller")
    assert name_words("D. de Wit") == ("d", "wit")
    assert [company_key(name) for name in ("Acmé  Holding B.V.", "acme", "B.V.")] == ["acme", "acme", "bv"]
