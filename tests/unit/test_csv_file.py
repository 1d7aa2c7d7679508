"""A CSV file as spreadsheets write it: encodings, separators, quotes, rows of all lengths; what cannot be read."""

from __future__ import annotations

import pytest

from kweek.intake.imports.csv_file import MOST_BROKEN, MOST_COLUMNS, Sheet, read_csv
from kweek.intake.imports.said import FileError

TEXT = 'Naam;E-mail\nJosé Brûlé;jose@example.com\n"Jan; de ""Man""\nvan hiernaast";jan@example.com\n'
ROWS = [("José Brûlé", "jose@example.com"), ('Jan; de "Man"\nvan hiernaast', "jan@example.com")]


def cells(sheet: Sheet) -> list[tuple[str, ...]]:
    return [line.cells for line in sheet.lines()]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1252", "cp1252"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_encoding_and_separator_are_found(encoding: str, found: str, separator: str) -> None:
    text = TEXT.replace(";", separator)
    rows = [tuple(cell.replace(";", separator) for cell in row) for row in ROWS]
    sheet = read_csv(text.encode(encoding))
    assert (sheet.encoding, sheet.separator, sheet.headings) == (found, separator, ("Naam", "E-mail"))
    assert (cells(sheet), sheet.count, sheet.empty) == (rows, 2, 0)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_end_of_a_line_is_one(end: str) -> None:
    assert cells(read_csv(f"a;b{end}1x;2x{end}3x;4x".encode())) == [("1x", "2x"), ("3x", "4x")]


def test_amounts_with_a_comma_are_no_separator() -> None:
    sheet = read_csv(b"Naam;Omzet\nAcme;1,50\nBeta;2,75\n")
    assert (sheet.separator, cells(sheet)) == (";", [("Acme", "1,50"), ("Beta", "2,75")])


def test_a_line_that_names_the_separator_is_believed_and_is_no_row() -> None:
    sheet = read_csv("sep=|\r\nNaam|Mail\r\nJan|jan@example.com\r\n".encode("utf-8-sig"))
    assert (sheet.separator, sheet.headings, sheet.count) == ("|", ("Naam", "Mail"), 1)


def test_rows_of_other_lengths_and_empty_ones_keep_their_numbers() -> None:
    sheet = read_csv(b"a;b\nx;1\n\n;;\ny\nz;2;;\nq;3;more\n")
    found = [(line.number, line.cells) for line in sheet.lines()]
    assert found == [(1, ("x", "1")), (4, ("y", "")), (5, ("z", "2")), (6, ("q", "3", "more"))]
    assert (sheet.count, sheet.empty) == (4, 2)


def test_every_column_has_a_name_of_its_own() -> None:
    sheet = read_csv(b"Naam;;naam;\nJan;x;Smit;y\n")
    assert sheet.headings == ("Naam", "B", "naam (2)", "D")


def test_one_column_is_a_file_too() -> None:
    assert cells(read_csv(b"email\njan@example.com\n")) == [("jan@example.com",)]


@pytest.mark.parametrize("first", ["Jan;jan@example.com", "17;2026-03-01;Jan"])
def test_a_file_without_headings_is_asked_about_and_read_where_somebody_says_so(first: str) -> None:
    with pytest.raises(FileError, match="Has this file headings"):
        read_csv(f"{first}\n".encode())
    sheet = read_csv(f"{first}\n".encode(), named=False)
    assert (sheet.headings, sheet.count) == (tuple("ABC")[: len(first.split(";"))], 1)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no rows in the file"),
        (b"\n\n", "no rows in the file"),
        (b"a;b\n", "no rows below the headings"),
        (b"PK\x03\x04rest", "a workbook"),
        (b"a;b\n" + b"1x;\0\n" * 11, "no text"),
        (b"a;b\nM\x81ller;2\n", "in no encoding"),
        (b'a;"b\nx;1\ny;2\n', "Row 1 of the file, headings counted, never ends"),
        (b"a;b\n" + b'x;"y\n' * (MOST_BROKEN + 1), "opened and not closed, the first of them row 1"),
        (";".join(f"c{n}" for n in range(MOST_COLUMNS + 1)).encode() + b"\n", "columns; at most"),
    ],
)
def test_what_cannot_be_read_is_said(data: bytes, says: str) -> None:
    with pytest.raises(FileError, match=says):
        read_csv(data)


def test_a_quote_within_a_cell_is_read_as_it_stands() -> None:
    sheet = read_csv(b'a;b\n2" pipe;1x\n"Jan ""de Man""";2x\n')
    assert (cells(sheet), sheet.broken) == ([('2" pipe', "1x"), ('Jan "de Man"', "2x")], ())


def test_a_quote_that_is_not_closed_takes_nobody_with_it() -> None:
    text = 'Mail;Kleur\na@x.nl;"blauw\nb@x.nl;x\n"c\n@x.nl";y\nd@x.nl;"rood\n\n'
    text += 'e@x.nl;"q" r\nf@x.nl;z\ng@x.nl;"open\nh@x.nl;\n'
    sheet = read_csv(text.encode())
    found = [(line.number, line.cells[0]) for line in sheet.lines()]
    names = ["a@x.nl", "b@x.nl", "c\n@x.nl", "d@x.nl", "e@x.nl", "f@x.nl", "g@x.nl", "h@x.nl"]
    assert found == list(zip((1, 2, 3, 4, 6, 7, 8, 9), names, strict=True))
    assert (sheet.count, sheet.empty, sheet.broken) == (8, 1, (1, 4, 6, 8))
    assert next(sheet.lines()).cells == ("a@x.nl", '"blauw')


_LONG = "y;" * 80_000  # more than the reader of CSV takes in a cell


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (_LONG.replace(";", "y"), _LONG.replace(";", "y")),
        (f'"{_LONG}"', _LONG),
        (f'"{_LONG} ""de Man"""', f'{_LONG} "de Man"'),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_a_cell_that_is_far_too_long_is_a_cell(written: str, read: str, end: str) -> None:
    sheet = read_csv(f"a;b;c\nx;{written};{end}z;1x;".encode() if end else f"a;b;c\nx;1x;{written}".encode())
    assert sheet.broken == ()
    assert cells(sheet) == ([("x", read, ""), ("z", "1x", "")] if end else [("x", "1x", read)])


@pytest.mark.parametrize("cell", [f'"{_LONG}', f'"{_LONG}" r', f'"{_LONG}""'])
def test_a_long_cell_whose_quotes_are_out_of_order_takes_nobody_with_it(cell: str) -> None:
    sheet = read_csv(f"a;b\nx;{cell}\nz;1x\n".encode())
    assert (sheet.broken, cells(sheet)[-1]) == ((1,), ("z", "1x"))


# --- its letters and its headings --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "encoding", "first"),
    [
        ("Zoë Müller;Café Ü".encode() + b"\nRen\xe9;Acme", "utf-8", "Zoë Müller"),
        (b"\xef\xbb\xbfZo\xeb;x", "utf-8-sig", "Zo�"),
        ("Zoë Müller;Café éRené".encode("mac_roman"), "mac_roman", "Zoë Müller"),
        ("Hélène;façade".encode("mac_roman"), "mac_roman", "Hélène"),
        ("Zoë Müller;€ 5 – “ja”".encode("cp1252"), "cp1252", "Zoë Müller"),
        ("MÜLLER;Škoda’s".encode("cp1252"), "cp1252", "MÜLLER"),
        ("René;x".encode("cp1252"), "cp1252", "René"),
    ],
)
def test_an_encoding_is_the_one_whose_letters_make_sense(data: bytes, encoding: str, first: str) -> None:
    sheet = read_csv(data, named=False)
    assert (sheet.encoding, next(sheet.lines()).cells[0]) == (encoding, first)


@pytest.mark.parametrize(
    ("above", "skipped"),
    [("", 0), ("Deelnemers vakbeurs 2026;;\n;;\n", 2), ("Deelnemers\n\nStand:;12\n", 3), ("\n", 1)],
)
def test_a_title_above_the_headings_is_skipped(above: str, skipped: int) -> None:
    sheet = read_csv(f"{above}Kleur;Naam;E-mail\nrood;Ann;ann@example.com\n".encode(), separator=";")
    assert (sheet.headings, sheet.skipped, sheet.count) == (("Kleur", "Naam", "E-mail"), skipped, 1)
    assert cells(sheet) == [("rood", "Ann", "ann@example.com")]


def test_headings_that_nobody_knows_are_headings_still() -> None:
    sheet = read_csv(b"Hoe;Wat\nmail;naam\n")
    assert (sheet.headings, sheet.skipped) == (("Hoe", "Wat"), 0)


@pytest.mark.parametrize("sign", ["", ";;", '"', "\n"])
def test_a_separator_is_one_sign(sign: str) -> None:
    with pytest.raises(FileError, match="separates nothing"):
        read_csv(b"a;b\nx;y\n", separator=sign)


def test_an_encoding_that_somebody_says_is_kept_to() -> None:
    assert cells(read_csv("a;b\né;1x\n".encode("cp850"), encoding="cp850")) == [("é", "1x")]
    for name, says in (("utf-8", "not written in utf-8"), ("klingon", "no encoding “klingon”")):
        with pytest.raises(FileError, match=says):
            read_csv("a;b\né;1x\n".encode("cp850"), encoding=name)
