"""A row becomes a lead, or says which cell cannot be read and what would be right."""

from __future__ import annotations

from datetime import date

import pytest

from kweek.intake.imports.asked import Asked, how_of
from kweek.intake.imports.csv_file import read_csv
from kweek.intake.imports.file_row import RowReader
from kweek.web.spoken import refusal_words
from kweek.words import Tongue
from tests.unit.test_columns import NOW, WORDS, ZONE, read

WHOLE = """\
Voornaam;Tussenvoegsel;Achternaam;E-mailadres;Mobiel;Land;Bedrijf;Rechtsvorm;Medewerkers;Contract_end;Budget;Member
Jan;van der;Berg;Jan@Example.com;+32 470 12 34 56;België;Acme;bv;1.200;31-12-2026;1.250,50;ja
An;;;;;;;;;;;
"""


def test_a_row_becomes_a_lead_as_a_program_would_send_it() -> None:
    row, nobody = read(WHOLE, consent="fair list, signed", purpose="advice", campaign="spring-fair")
    lead = row.lead
    assert lead is not None
    assert lead.company is not None
    assert dict(lead.profile) == {
        "first_name": "Jan", "last_name": "van der Berg", "phone": "+32470123456", "country": "BE",
    }  # fmt: skip
    assert (lead.email, lead.company.name, lead.company.legal_form, lead.company.size) == (
        "Jan@example.com", "Acme", "bv", 1200,
    )  # fmt: skip
    assert dict(lead.fields) == {"contract_end": date(2026, 12, 31), "budget": 1250.5, "member": True}
    [consent] = lead.consents
    assert (consent.channel, consent.purpose, consent.words, consent.source) == (
        "email", "advice", "fair list, signed", "import of fair.csv",
    )  # fmt: skip
    assert (row.touch.how, row.touch.campaign, row.touch.source) == ("import", "spring-fair", "fair.csv")
    assert nobody.lead is None
    assert [str(one) for one in nobody.refusals] == [
        "nobody can tell who this is: it needs an e-mail address or an external id"
    ]


def test_a_row_that_cannot_be_taken_says_which_cell_and_what_would_be_right() -> None:
    text = "Mail;Telefoon;Land;Contract end;Budget\nja@x.nl;06-12345678;NL;1-2-2026;3\njan@;12;Mars;32-1-2026;veel\n"
    text += "jo@x.nl;00000000;NL;1-1-0001;1\n"
    _, row, slip = read(text)
    assert {one.column: (one.cell, one.words) for one in row.refusals} == {
        "Mail": ("jan@", "this is not an e-mail address: name@example.com"),
        "Telefoon": ("12", "this is not a telephone number; write it with its country: +31 20 123 4567"),
        "Land": ("Mars", "this is not a country: write its two letters, such as NL or BE"),
        "Contract end": ("32-1-2026", "this is not a day of this column: 31-12-2026"),
        "Budget": ("veel", "this is not a number: 1,5"),
    }
    assert {one.column: one.words for one in slip.refusals} == {
        "Telefoon": "this is not a telephone number; write it with its country: +31 20 123 4567",
        "Contract end": "the year 1 cannot be meant; days go from 1900 to 2199",
    }


def test_a_row_with_a_cell_too_many_is_not_guessed_at() -> None:
    _, row = read("Mail;Naam\na@example.com;An\nb@example.com;Bo;Derde\n")
    assert "the row has 3 cells, and there are 2 columns" in str(row.refusals[0])


def test_a_letter_that_was_lost_is_no_letter() -> None:
    sheet = read_csv(
        "Mail;Naam;Rest\na@example.com;Zoë Müller;x\n".encode() + b"b@example.com;Ren\xe9;y\nc@example.com;Bo;\xe9\n"
    )
    how = how_of(sheet, sheet, Asked(), WORDS, trying=True)
    reader = RowReader(how, "fair.csv", WORDS, ZONE, NOW)
    one, two, three = (reader.read(line) for line in sheet.lines())
    assert (one.refusals, three.refusals) == ((), ()), "a column that is left out is nobody's business"
    assert [str(why) for why in two.refusals] == ["Naam “Ren�”: a letter of this could not be read; write it anew"]
    assert refusal_words(Tongue("nl"), two.refusals[0]).startswith("een letter hiervan")


def test_a_row_whose_quotes_are_out_of_order_is_refused_and_the_others_are_not() -> None:
    one, two, three = read('Mail;Naam;Rest\na@example.com;An;"blauw\nb@example.com;Bo;x\nc@example.com;Cy;"rood\n')
    assert two.lead is not None
    for row in (one, three):
        assert row.lead is None
        assert "is opened here and not closed" in str(row.refusals[0])
        assert refusal_words(Tongue("nl"), row.refusals[0]).startswith("hier gaat een aanhalingsteken")


def test_the_row_is_the_id_where_there_is_none() -> None:
    one, two = read("Leeftijd;Beroep\n34 jaar;kok\n35 jaar;bakker\n", row_ids=True)
    assert [row.lead and row.lead.external_id for row in (one, two)] == ["fair-1", "fair-2"]


def test_what_stands_for_nothing_says_nothing() -> None:
    [row] = read("Mail;Naam;Telefoon\na@example.com;-;N/A\n")
    assert row.lead is not None
    assert dict(row.lead.profile) == {}


def test_a_word_for_nothing_says_nothing_where_no_word_can_be_meant() -> None:
    text = "Mail;Telefoon;Medewerkers;Bedrijf;Land;Functie\nja@x.nl;0201234567;5;Acme;NL;Inkoper\n"
    _, row = read(f"{text}jo@x.nl;Geen;onbekend;Geen;?;onbekend\n")
    assert row.lead is not None
    assert row.lead.company is not None
    assert (dict(row.lead.profile), row.lead.company.name, row.lead.company.size) == (
        {"job_title": "onbekend"}, "Geen", None,
    )  # fmt: skip


def test_a_nul_is_no_letter_and_takes_no_other_row_with_it() -> None:
    one, two, three = read("Mail;Naam;Rest\na@example.com;A\0n;x\nb@example.com;Bo;x\nc@example.com;Cy;\0\n")
    assert [str(why) for why in one.refusals] == ["Naam “A�n”: a letter of this could not be read; write it anew"]
    assert (two.refusals, three.refusals) == ((), ())


def test_a_cell_that_is_far_too_long_is_told_to_be() -> None:
    [row, _] = read(f"Mail;Naam\na@example.com;{'x' * 200_000}\nb@example.com;Bo\n")
    [why] = row.refusals
    assert (why.column, why.words) == ("Naam", "this is too long: 200000 characters, at most 2000")


def test_what_is_told_of_no_company_is_refused_with_all_else_that_is_wrong() -> None:
    text = "Mail;Bedrijf;Medewerkers;Branche;Contract end\n"
    one, two, three = read(
        f"{text}a@example.com;;1.200,5;Zorg;31-02-2026\nb@example.com;-;12;;\nc@example.com;;;;31-12-2026\n"
    )
    homeless = "this is a company's, and the row names no company: name it, or leave this out"
    assert {why.column: why.words for why in one.refusals} == {
        "Medewerkers": "this must be a whole number of people",
        "Branche": homeless,
        "Contract end": "this is not a day of this column: 31-12-2026",
    }
    assert [str(why) for why in two.refusals] == [f"Medewerkers “12”: {homeless}"]
    assert refusal_words(Tongue("nl"), two.refusals[0]).startswith("dit is van een bedrijf, en de rij noemt geen")
    assert three.lead is not None
    assert three.lead.company is None


@pytest.mark.parametrize(
    "between", [" / ", "/", "; ", ";", ", ", ",", " of ", " or ", " en ", " and ", " | ", " ::: ", "\n", "\r\n"]
)
def test_of_several_telephone_numbers_the_first_is_taken_and_the_others_are_kept(between: str) -> None:
    [row] = read(f'Mail;Telefoon\na@example.com;"06-12345678{between}020-1234567"\n')
    assert row.lead is not None
    assert dict(row.lead.profile) == {"phone": "+31612345678"}
    assert dict(row.lead.fields) == {"other_phones": "020-1234567"}


@pytest.mark.parametrize(
    ("cell", "phone", "others"),
    [
        ("020/1234567", "+31201234567", None), ("020/1234567 / 06-12345678", "+31201234567", "06-12345678"),
        ("06-12345678;", "+31612345678", None), ("06-12345678 / volgt", "+31612345678", "volgt"),
        ("0612345678, 0201234567, 0301234567", "+31612345678", "0201234567, 0301234567"),
        ("12 / 06-12345678", None, None), ("12 / 34", None, None),
    ],
)  # fmt: skip
def test_what_is_one_telephone_number_is_not_parted_and_what_begins_with_none_is_refused(
    cell: str, phone: str | None, others: str | None
) -> None:
    [_, row] = read(f'Mail;Telefoon\nb@example.com;06-12345678\na@example.com;"{cell}"\n')
    assert (row.lead and row.lead.profile["phone"], row.lead and row.lead.fields.get("other_phones")) == (phone, others)
    assert [one.words for one in row.refusals] == [
        "this is not a telephone number; write it with its country: +31 20 123 4567"
    ] * (phone is None)


def test_several_telephone_numbers_are_of_the_country_of_their_row() -> None:
    [row] = read("Mail;Telefoon;Land\na@example.com;0176 12345678 / 030 1234567;DE\n")
    assert row.lead is not None
    assert row.lead.profile["phone"] == "+4917612345678"


def test_what_a_column_says_of_the_other_numbers_goes_before() -> None:
    text = "Mail;Telefoon;Rest\na@example.com;06-12345678 / 020-1234567;030-1234567\n"
    [row] = read(text, fields={"Rest": "own.other_phones"})
    assert row.lead is not None
    assert dict(row.lead.fields) == {"other_phones": "030-1234567"}
