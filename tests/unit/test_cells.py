"""A day, a number, a country as people write it: read as the whole column is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

from kweek.intake.countries import read_country
from kweek.intake.imports.cells import (
    Decimal,
    Order,
    date_order,
    decimal_sign,
    read_date,
    read_language,
    read_moment,
    read_number,
    read_truth,
)  # fmt: skip

ZONE = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("cells", "country", "order", "sure"),
    [
        (("03/04/2026", "25/04/2026"), "US", "dmy", True),
        (("03/04/2026", "04/25/2026"), "NL", "mdy", True),
        (("03/04/2026",), "NL", "dmy", False),
        (("03/04/2026",), "US", "mdy", False),
        (("2026-04-03", "soon"), "NL", "ymd", True),
        (("2026-04-03", "", "20261231"), "US", "ymd", True),
        (("2026-04-03", "25/04/2026"), "NL", "dmy", True),
        (("soon",), "NL", "dmy", True),
        (("12/31/2026 3:30 PM", "1/2/2026 10:00 AM"), "NL", "mdy", True),
        (("2026-12-31T10:00:00Z",), "NL", "ymd", True),
        (("31 dec 2026",), "US", "ymd", True),
    ],
)
def test_the_column_says_what_comes_first(cells: tuple[str, ...], country: str, order: Order, sure: bool) -> None:
    found = date_order(cells, country)
    assert (found.as_written, found.sure) == (order, sure)


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("3-4-2026", "dmy", date(2026, 4, 3)), ("03/04/26", "mdy", date(2026, 3, 4)),
        ("3.4.1999", "dmy", date(1999, 4, 3)), ("3-4-98", "dmy", date(1998, 4, 3)),
        ("2026-04-03", "mdy", date(2026, 4, 3)), ("20260403", "dmy", date(2026, 4, 3)),
        ("31-02-2026", "dmy", None), ("13/13/2026", "mdy", None), ("soon", "dmy", None),
        ("3-4-2026 09:15", "dmy", date(2026, 4, 3)), ("12/31/2026 3:30 PM", "mdy", date(2026, 12, 31)),
        ("2026-12-31T10:00:00Z", "ymd", date(2026, 12, 31)), ("2026-12-31 10:00 +0100", "dmy", date(2026, 12, 31)),
        ("31 dec 2026", "dmy", date(2026, 12, 31)), ("1 maart 2026", "mdy", date(2026, 3, 1)),
        ("31-Dec-2026", "mdy", date(2026, 12, 31)), ("Dec 31, 2026", "dmy", date(2026, 12, 31)),
        ("31 foo 2026", "dmy", None), ("12/31/2026 13:30 PM", "mdy", None),
        ("31 mrt 2026 9:15", "dmy", date(2026, 3, 31)),
    ],
)  # fmt: skip
def test_days_as_people_write_them(text: str, order: Order, day: date | None) -> None:
    assert read_date(text, order) == day


def test_moments_are_of_the_workspaces_zone_unless_they_say_their_own() -> None:
    assert read_moment("3-4-2026 9:15", "dmy", ZONE) == datetime(2026, 4, 3, 7, 15, tzinfo=UTC)
    assert read_moment("3 apr 2026 9:15 PM", "mdy", ZONE) == datetime(2026, 4, 3, 19, 15, tzinfo=UTC)
    assert read_moment("4/3/2026 12:15 am", "mdy", ZONE) == datetime(2026, 4, 2, 22, 15, tzinfo=UTC)
    assert read_moment("2026-04-03T09:15:00Z", "dmy", ZONE) == datetime(2026, 4, 3, 9, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "country", "sign", "sure"),
    [
        (("1.250,50", "3"), "NL", ",", True), (("1,250.50", "3"), "NL", ".", True), (("1.250",), "NL", ",", False),
        (("1.250", "4.5"), "NL", ".", True), (("1,250",), "US", ".", False), (("0.123",), "NL", ".", True),
        (("1.250.000",), "US", ",", True), (("12", "13"), "NL", ",", True), (("93.994", "93.2"), "NL", ".", True),
    ],
)  # fmt: skip
def test_the_column_says_which_sign_parts_off_decimals(
    cells: tuple[str, ...], country: str, sign: Decimal, sure: bool
) -> None:
    found = decimal_sign(cells, country)
    assert (found.as_written, found.sure) == (sign, sure)


@pytest.mark.parametrize(
    ("text", "sign", "number"),
    [
        ("1.250,50", ",", 1250.5), ("€ 1.250,-", ",", 1250), ("1 250", ",", 1250), ("-12,5 %", ",", -12.5),
        ("1,250.50", ".", 1250.5), ("12", ".", 12), ("1.25", ",", None), ("12a", ".", None), ("", ".", None),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str, sign: Decimal, number: float | None) -> None:
    assert read_number(text, sign) == number


def test_countries_languages_and_yes_by_their_names() -> None:
    assert [read_country(text) for text in ("nl", "Nederland", "Netherlands", "België", "Deutschland", "Mars")] == [
        "NL", "NL", "NL", "BE", "DE", "Mars",
    ]  # fmt: skip
    everyday = {
        "BE": ("Belgie", "belgië", "BEL"), "CZ": ("Czechia", "Tsjechie"), "US": ("USA", "U.S.A.", "VS", "us"),
        "GB": ("UK", "uk", "U.K.", "VK", "Groot-Brittannië", "groot brittannie", "England", "Engeland", "GB"),
        "NL": ("Holland", "The Netherlands"), "BA": ("Bosnia and Herzegovina", "Bosnië-Herzegovina"),
        "TR": ("Turkey", "Turkije"), "ET": ("ET",), "DE": ("de", "DE"),
    }  # fmt: skip
    assert {code: {read_country(name) for name in names} for code, names in everyday.items()} == {
        code: {code} for code in everyday
    }
    assert {code for code in phonenumbers.SUPPORTED_REGIONS if read_country(code) != code} == set()
    assert [read_language(text) for text in ("NL", "Nederlands", "English", "nl_BE")] == ["nl", "nl", "en", "nl-BE"]
    assert [read_truth(text) for text in ("Ja", "nee", "TRUE", "0", "perhaps")] == [True, False, True, False, None]
