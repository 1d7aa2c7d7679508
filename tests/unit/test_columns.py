"""Columns are known by their headings and by what stands in them; days and numbers are read as the whole column is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kweek.intake.check_lead import Vocabulary
from kweek.intake.imports.asked import Asked, how_of
from kweek.intake.imports.column_words import column_words
from kweek.intake.imports.columns import propose, says_of
from kweek.intake.imports.csv_file import read_csv
from kweek.intake.imports.file_row import Read, RowReader
from kweek.intake.imports.how import read_rate
from kweek.intake.imports.said import HowError
from kweek.web.spoken import refusal_words
from kweek.words import Tongue

FIELDS = {"contract_end": "date", "budget": "number", "member": "yes/no", "seen_at": "moment", "building": "text"}
WORDS = Vocabulary(
    fields=FIELDS,
    titles={"contract_end": ("Einddatum contract", "End of the contract")},
    flows=lambda: ("fair-visit",),
    purposes=lambda: frozenset({"advice", "news"}),
    country="NL",
)
ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def proposed(text: str) -> dict[str, tuple[str | None, str]]:
    return {one.heading: (one.target, one.why.key) for one in propose(read_csv(text.encode()), WORDS)}


def read(text: str, **asked: Any) -> list[Read]:
    sheet = read_csv(text.encode())
    how = how_of(sheet, sheet, Asked(**asked), WORDS, trying=True)
    reader = RowReader(how, "fair.csv", WORDS, ZONE, NOW)
    return [reader.read(line) for line in sheet.lines()]


# --- which column is which ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("E-mailadres", "email"), ("EMAIL_ADDRESS", "email"), ("E-mial adres", "email"), ("Voornaam", "first_name"),
        ("Achternaam", "last_name"), ("tussenvoegsel(s)", "infix"), ("Tussenvoegsel", "infix"), ("Naam", "name"),
        ("Bedrijfsnaam", "company.name"), ("Aantal medewerkers", "company.size"), 
        ("Rechtsvorm", "company.legal_form"), ("Functie", "job_title"), ("Record ID", "external_id"),
        ("Campagne", "campaign"), ("Branche", "company.sector"),
        ("Contract end", "contract_end"), ("Building", "building"),
        ("Einddatum contract", "contract_end"), ("END OF THE CONTRACT", "contract_end"),
        ("Eindatum contract", "contract_end"),
        ("Opmerking", None), ("Adres", None), ("Woonplaats", None), ("County", None), ("Postcode", None),
        ("Telefoon (zakelijk)", "phone"), ("Zakelijke e-mail", "email"), ("Naam organisatie", "company.name"),
        ("Company/Organization", "company.name"), ("Functieomschrijving", "job_title"), ("Headcount", "company.size"),
        ("Voornaam contactpersoon", "first_name"), ("Forename", "first_name"), ("Vestigingsland", "company.country"),
        ("Company / Account", "company.name"), ("Associated Company", "company.name"), ("External ID", "external_id"),
        ("Organization Name", "company.name"), ("Organization Title", "job_title"), ("E-mail 1 - Value", "email"),
        ("Phone 1 - Value", "phone"), ("Telefoon nummer", "phone"), ("E-mail status", None),
    ],
)  # fmt: skip
def test_a_heading_names_its_field_in_both_languages_and_nearly(heading: str, target: str | None) -> None:
    value = {"email": "jan@example.com", "phone": "06-12345678"}.get(target or "", "een woord")
    firm = "" if target == "company.name" else "Firma"
    found = proposed(f"{heading};Kleur;{firm}\n{value};rood;Acme\n")
    assert found[heading][0] == target
    assert found["Kleur"] == (None, "column.unknown")


@pytest.mark.parametrize(
    "heading",
    [
        "Relatie", "Debiteur", "Klantnummer", "Nummer", "No.", "ID", "Account ID", "Relatie-ID", "Organization ID",
        "Customer number", "Associated Company IDs", "Externl ID", "Debiteurnr", "Contactnummer",
    ],
)  # fmt: skip
def test_what_may_number_a_company_says_who_somebody_is_only_where_a_person_says_so(heading: str) -> None:
    text = f"{heading};Mail\nBakker BV;a@example.com\nBakker BV;b@example.com\n"
    [column, _] = propose(read_csv(text.encode()), WORDS)
    assert (column.target, column.why.key) == (None, "column.number")
    assert "external_id" in column_words(Tongue("en"), column)
    assert "external_id" in column_words(Tongue("nl"), column)
    assert [row.lead and row.lead.external_id for row in read(text)] == [None, None]
    assert [row.lead and row.lead.external_id for row in read(text, fields={heading: "external_id"})] == [
        "Bakker BV"
    ] * 2


def test_what_is_written_before_a_name_is_no_job() -> None:
    found = proposed("Title;Mail;Job Title\nMr.;a@example.com;Buyer\n")
    assert (found["Title"], found["Job Title"]) == ((None, "column.taken"), ("job_title", "column.named"))
    assert proposed("Title;Mail\nMr.;a@example.com\nMs;b@example.com\n")["Title"] == (None, "column.unlike")
    assert proposed("Title;Mail\nBuyer;a@example.com\n")["Title"][0] == "job_title"


@pytest.mark.parametrize("heading", ["email", "e-mail", "E-mailadres", "Land"])
def test_a_heading_that_stands_there_twice_is_told_to_be_there_already(heading: str) -> None:
    cells = "NL;BE" if heading == "Land" else "a@example.com;b@example.com"
    [one, two] = propose(read_csv(f"{heading};{heading}\n{cells}\n".encode()), WORDS)
    assert one.target in ("email", "country")
    assert (two.target, two.why.key, two.why.values) == (None, "column.taken", {"field": one.target, "column": heading})


@pytest.mark.parametrize("country", ["Belgie", "UK", "Czechia"])
def test_a_column_of_one_country_is_taken(country: str) -> None:
    [_, land] = propose(read_csv(f"Mail;Land\na@example.com;{country}\n".encode()), WORDS)
    assert land.target == "country"


def test_a_column_that_no_field_takes_is_told_with_what_keeps_it() -> None:
    [_, place, other] = propose(read_csv("Mail;Woonplaats;Город\na@example.com;Utrecht;x\n".encode()), WORDS)
    assert (place.target, place.why.values) == (None, {"own": "own.woonplaats"})
    told = column_words(Tongue("en"), place)
    assert told.startswith("not taken over: no field has this name; as own.woonplaats it is kept as a text")
    assert "niet overgenomen" in column_words(Tongue("nl"), place)
    assert other.why.values == {"own": "own.remark"}
    [row] = read("Mail;Woonplaats\na@example.com;Utrecht\n", fields={"Woonplaats": "own.woonplaats"})
    assert row.lead is not None
    assert dict(row.lead.fields) == {"woonplaats": "Utrecht"}


def test_days_that_begin_with_the_year_are_told_as_they_are_written() -> None:
    text = "Mail;Contract end;Seen at\na@example.com;2026-12-31;31-12-2026 15:30\nb@example.com;2026-31-12;soon\n"
    sheet = read_csv(text.encode())
    for dates in (None, "dmy"):
        how = how_of(sheet, sheet, Asked(dates=dates), WORDS, trying=True)
        told = [column_words(Tongue("en"), one, "date") for one in how.columns[1:]]
        assert [words.endswith(day) for words, day in zip(told, ("as 2026-12-31", "as 31-12-2026"), strict=True)]
    first, wrong = read(text)
    assert first.lead is not None
    assert first.lead.fields["contract_end"] == date(2026, 12, 31)
    assert {one.words for one in wrong.refusals} == {
        "this is not a day of this column: 2026-12-31", "this is not a moment: 31-12-2026 15:30",
    }  # fmt: skip


@pytest.mark.parametrize("day", ["31-12-2026", "12/31/2026", "2026-12-31"])
@pytest.mark.parametrize("target", FIELDS)
def test_whatever_a_cell_is_refused_for_is_said_in_dutch_too(target: str, day: str) -> None:
    garbage = ("?!", "x" * 3_000, "1970-01-01T00:00:00Z", "31-31-2026", "9" * 40)
    rows = "".join(f"a@example.com;{cell}\n" for cell in (day, *garbage))
    refusals = [one for row in read(f"Mail;{target}\n{rows}") for one in row.refusals]
    assert refusals
    assert [one.words for one in refusals if refusal_words(Tongue("nl"), one) == one.words] == []


def test_a_number_in_a_column_called_campaign_is_none() -> None:
    assert proposed("E-mail;Campaign\na@example.com;1\nb@example.com;2\n")["Campaign"] == (None, "column.unlike")
    assert proposed("E-mail;Campaign\na@example.com;Spring 1\nb@example.com;2\n")["Campaign"][0] == "campaign"


@pytest.mark.parametrize(
    "headings",
    [
        "A;B;C;D;E", ";;;;", "Kolom1;Kolom2;Kolom3;Kolom4;Kolom5", "column 1;column_2;Column3;COLUMN 4;5",
        "field_1;veld 2;Veld3;Unnamed: 3;Unnamed: 4",
    ],
)  # fmt: skip
def test_what_stands_in_a_column_names_it_where_its_heading_says_nothing(headings: str) -> None:
    rows = "jan@example.com;06-12345678;NL;nl;a\nan@example.com;+32 470 12 34 56;BE;fr;b\n"
    named = headings != ";;;;"
    sheet = read_csv((f"{headings}\n" * named + rows).encode(), named=named)
    assert [one.target for one in propose(sheet, WORDS)] == ["email", "phone", "country", "language", None]


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Relatienummer", "100200300 100200301"), ("Relatienummer", "612345600 612345601"), ("Opt-in", "NO NO"),
        ("BSN", "612345678 201234567"), ("Bedrag", "0201234567 0201234568"), ("State", "CA CA"),
        ("State", "CA GA IL IN MD MO"), ("Provincie", "FR GR GE LI NH"), ("Provincie", "NH"), ("Aanhef", "MR MS"),
        ("Beursdag", "MA DO"), ("Maat", "SM ML"), ("Optin", "NO SE"), ("Code", "NL BE"), ("Faxnummer", "020-7654000"),
        ("Waarheen", "06-12345678"), ("Vestiging", "Germany"), ("Voorzetsel", "de es"),
    ],
)  # fmt: skip
def test_a_heading_that_is_a_word_is_never_guessed_to_be_another(heading: str, cells: str) -> None:
    rows = "".join(f"a{n}@example.com;{cell}\n" for n, cell in enumerate(cells.split()))
    assert proposed(f"Email;{heading}\n{rows}")[heading][0] is None
    assert all(row.lead is not None and not row.lead.profile for row in read(f"Email;{heading}\n{rows}"))
    own = replace(WORDS, fields={"it": "text"}, titles={"it": (heading,)})
    assert propose(read_csv(f"Email;{heading}\n{rows}".encode()), own)[1].target == "it"


def test_a_telephone_of_one_kind_is_taken_where_there_is_no_other() -> None:
    text = "Email;Tel. privé;Tel. zakelijk;Mobiel\na@example.com;020-1234567;030-1234567;{}\n"
    assert proposed(text.format("06-12345678"))["Mobiel"] == ("phone", "column.named")
    assert proposed(text.format(""))["Tel. privé"] == ("phone", "column.named")


@pytest.mark.parametrize("cells", ["100200300", "0201234567", "612345678", "NO", "CA GA IL IN", "FR GR GE LI"])
def test_what_may_be_anything_is_not_known_by_its_cells(cells: str) -> None:
    rows = "".join(f"a{n}@example.com;{cell}\n" for n, cell in enumerate(cells.split()))
    assert proposed(f"Email;Kolom2\n{rows}")["Kolom2"][0] is None


@pytest.mark.parametrize("cell", ["+31201234567", "(020) 123 45 67", "0612345678", "+32 470 12 34 56", "020/1234567"])
def test_what_is_written_as_a_telephone_number_is_known_by_its_cells(cell: str) -> None:
    assert proposed(f"Email;Kolom2\na@example.com;{cell}\n")["Kolom2"] == ("phone", "column.looks")


@pytest.mark.parametrize("heading", ["Contact", "Waarheen", "Telefoon", "Kolom1", "Bedrijf"])
def test_addresses_are_the_e_mail_whatever_stands_above_them_unless_another_column_is(heading: str) -> None:
    found = proposed(f"{heading};Naam\nan@example.com;An\nbo@example.com;Bo\n")
    assert found == {heading: ("email", "column.looks"), "Naam": ("name", "column.named")}
    other = proposed(f"{heading};E-mail\nan@example.com;a@example.com\nbo@example.com;b@example.com\n")
    assert other["E-mail"] == ("email", "column.named")
    assert other[heading][0] != "email"
    belied = proposed(f"{heading};E-mail\nan@example.com;ja\nbo@example.com;nee\n")
    assert (belied[heading][0], belied["E-mail"][0]) == ("email", None)


def test_not_all_addresses_are_the_e_mail() -> None:
    assert proposed("Contact;Rest\nan@example.com;x\nBo;x\n")["Contact"] == ("name", "column.named")
    assert proposed("External id;Building\nan@example.com;b@example.com\n") == {
        "External id": ("external_id", "column.named"), "Building": ("building", "column.named"),
    }  # fmt: skip
    ours = proposed("kweek_id;email;owner\n1;;anna@example.com\n")
    assert ours["owner"] == (None, "column.reckoned")


def test_a_heading_that_its_cells_belie_is_not_believed() -> None:
    assert proposed("Mail;Naam\nja;Jan\nnee;An\n")["Mail"] == (None, "column.unlike")


_MANY = 1_500  # rows, which is more than are looked at of a column that nobody named


def test_a_column_that_is_empty_above_is_taken_and_is_empty_only_where_all_of_it_is() -> None:
    text = "External id;E-mail;Telefoon;Contract end;Kleur;Fax\n" + "".join(f"Z{n};;;;;\n" for n in range(_MANY))
    text += "Last;a@example.com;06-12345678;31-12-2026;rood;\n"
    assert proposed(text) == {
        "External id": ("external_id", "column.named"), "E-mail": ("email", "column.named"),
        "Telefoon": ("phone", "column.named"), "Contract end": ("contract_end", "column.named"),
        "Kleur": (None, "column.unknown"), "Fax": (None, "column.empty"),
    }  # fmt: skip
    last = read(text)[-1].lead
    assert last is not None
    assert (last.email, last.profile["phone"]) == ("a@example.com", "+31612345678")
    assert last.fields["contract_end"] == date(2026, 12, 31)


def test_a_column_whose_cells_come_late_is_known_by_them() -> None:
    text = "Mail;Kolom2\n" + "".join(f"a{n}@example.com;\n" for n in range(_MANY)) + "b@example.com;06-12345678\n"
    assert proposed(text)["Kolom2"] == ("phone", "column.looks")


@pytest.mark.parametrize(
    ("heading", "wrong", "right"),
    [("Telefoon", "volgt nog", "06-12345678"), ("Land", "??", "NL"), ("Taal", "??", "nl")],
)
def test_a_column_in_which_some_cells_are_right_is_taken_and_the_others_are_told(
    heading: str, wrong: str, right: str
) -> None:
    cells = [wrong] * _MANY + [right] * 3
    rows = read(f"Mail;{heading}\n" + "".join(f"a{n}@example.com;{cell}\n" for n, cell in enumerate(cells)))
    assert [one.column for row in rows for one in row.refusals] == [heading] * _MANY
    assert all(row.lead is not None and row.lead.profile for row in rows[_MANY:])
    assert proposed(f"Mail;{heading}\na@example.com;{wrong}\n")[heading] == (None, "column.unlike")


def test_telephone_numbers_of_another_country_are_told_by_their_rows() -> None:
    [row] = read("Mail;Telefoon;Land\na@example.com;0176 12345678;DE\n")
    assert row.lead is not None
    assert row.lead.profile["phone"] == "+4917612345678"


def test_where_two_columns_say_the_same_the_one_whose_cells_agree_goes_before() -> None:
    text = "Mail;E-mailadress\n" + "ja;a@example.com\n" * 20 + "b@example.com;c@example.com\n"
    assert proposed(text) == {"Mail": (None, "column.taken"), "E-mailadress": ("email", "column.near")}


def test_whether_a_column_holds_campaigns_or_jobs_is_told_by_all_of_it() -> None:
    def of(heading: str, first: str, then: str) -> str | None:
        cells = [first] * _MANY + [then] * _MANY
        return proposed(f"Mail;{heading}\n" + "".join(f"a@example.com;{cell}\n" for cell in cells))[heading][0]

    assert (of("Campaign", "1", "Spring"), of("Title", "Mr.", "Buyer")) == ("campaign", "job_title")
    assert (of("Campaign", "1", "2"), of("Title", "Mr.", "Ms")) == (None, None)


def test_what_is_a_companys_is_taken_where_a_column_names_the_company() -> None:
    text = "Mail;Club;Medewerkers\na@example.com;Acme;12\n"
    [_, _, size] = propose(read_csv(text.encode()), WORDS)
    assert (size.target, size.why.key) == (None, "column.no-company")
    assert column_words(Tongue("nl"), size).startswith("weggelaten: geen kolom noemt het bedrijf")
    [row] = read(text, fields={"Club": "company.name", "Medewerkers": "company.size"})
    assert row.lead is not None
    assert row.lead.company is not None
    assert (row.lead.company.name, row.lead.company.size) == ("Acme", 12)


def test_a_field_is_filled_once_and_the_exact_name_goes_before() -> None:
    found = proposed("E-mailadress;Email\na@example.com;b@example.com\n")
    assert found == {"E-mailadress": (None, "column.taken"), "Email": ("email", "column.named")}


def test_somebody_says_it_otherwise() -> None:
    text = "Naam;Kleur;Mail\nJan;rood;jan@example.com\n"
    [row] = read(text, fields=dict(says_of(["Naam=last_name", "Kleur=own.color"])))
    assert row.lead is not None
    assert (dict(row.lead.profile), dict(row.lead.fields)) == ({"last_name": "Jan"}, {"color": "rood"})
    [row] = read(text, fields={"Naam": "ignore", "Kleur": "building"})
    assert row.lead is not None
    assert (dict(row.lead.profile), dict(row.lead.fields)) == ({}, {"building": "rood"})


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"fields": {"Nam": "name"}}, "no column is called “Nam”; did you mean “Naam”"),
        ({"fields": {"Naam": "last_nam"}}, "no field “last_nam”; did you mean “last_name”"),
        ({"fields": {"Naam": "Favoriete kleur"}}, "“own.favoriete_kleur” keeps it"),
        ({"fields": {"Naam": "name", "Kleur": "name"}}, "cannot both be name"),
        ({"fields": {"Mail": "ignore"}}, "nothing says who somebody is"),
        ({"consent": "signed"}, "for which mails they gave it: advice, news"),
        ({"purpose": "advice"}, "say how they gave it"),
        ({"consent": "signed", "purpose": "advise"}, "no mail asks consent for “advise”; did you mean “advice”"),
        ({"consent": "signed", "purpose": "news", "no_consent": True}, "choose one of the two"),
        ({"flow": "fair-visits"}, "no flow “fair-visits” is published; did you mean “fair-visit”"),
        ({"rate": "200 per hour"}, "a rate is for leads that enter a flow"),
        ({"flow": "fair-visit", "rate": "quickly"}, "“quickly” is no rate"),
        ({"flow": "fair-visit", "rate": "900000 per hour"}, "no more than 60,000"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said(asked: dict[str, object], says: str) -> None:
    with pytest.raises(HowError, match=says):
        read("Naam;Kleur;Mail\nJan;rood;jan@example.com\n", **asked)


def test_without_a_word_about_permission_nothing_is_taken_in() -> None:
    sheet = read_csv(b"Mail\njan@example.com\n")
    with pytest.raises(HowError, match="by which permission"):
        how_of(sheet, sheet, Asked(), WORDS)
    assert how_of(sheet, sheet, Asked(no_consent=True), WORDS).permission is None


def test_a_rate_is_so_many_in_a_time() -> None:
    said = ("200 per hour", "1.000 leads per day", "60 a minute", "200 per uur", "60 per minuut")
    assert [read_rate(text).each.total_seconds() for text in said] == [18.0, 86.4, 1.0, 18.0, 1.0]
