"""How fast does a file get into the books? Tried, taken in beside somebody else who writes, and undone.

    python -m bench.importing sqlite:////tmp/import.db postgresql://kweek@127.0.0.1/import
    python -m bench.importing sqlite:////tmp/import.db --file calls.csv --row-ids

The databases must be new. Without a file: 40,000 people as a Dutch spreadsheet writes them, one in twenty of them with
something wrong, the same every time. Every row must be accounted for.
"""

from __future__ import annotations

import argparse
import random
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from activities.importing import let_others
from kweek.intake.imports.asked import Asked, how_of
from kweek.intake.imports.csv_file import Sheet, read_csv
from kweek.intake.imports.file_row import RowReader
from kweek.intake.imports.taking import take_some
from kweek.intake.imports.trying import Tried, tried, try_rows
from kweek.intake.imports.undoing import undo_some
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.record import record
from kweek.intake.vocabulary import vocabulary_of
from kweek.leads import imports
from kweek.leads.database import Database, open_database
from kweek.leads.migrate import migrate
from kweek.rulebook import InForce, in_force
from kweek.workspace import read_workspace

PEOPLE: Final = 40_000
NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HEADINGS: Final = (
    "Voornaam", "Tussenvoegsel", "Achternaam", "E-mailadres", "Mobiel", "Functie", "Bedrijfsnaam", "Rechtsvorm",
    "Branche", "Aantal medewerkers", "Land", "Contract_end",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("urls", metavar="URL", nargs="+", help="of a new database")
    parser.add_argument("--file", metavar="FILE", type=Path, help="instead of the made one")
    parser.add_argument("--row-ids", action="store_true", help="the row is the id")
    parser.add_argument("--people", type=int, default=PEOPLE, help="in the made file")
    args = parser.parse_args()
    data = args.file.read_bytes() if args.file else made(args.people)
    book = in_force(read_workspace(Path(__file__).parent.parent))
    for url in args.urls:
        database = open_database(url, make=True)
        migrate(database.engine)
        _measure(database, book, data, args.file.name if args.file else "fair.csv", row_ids=args.row_ids)
        database.close()


def made(people: int) -> bytes:
    """As a Dutch Excel writes it."""
    lines = (";".join(cells) for cells in (HEADINGS, *_people(people)))
    return "\r\n".join(lines).encode("cp1252")


def _people(count: int) -> Iterator[tuple[str, ...]]:
    dice = random.Random(7)
    for n in range(count):
        company, country = dice.randrange(count // 4 + 1), dice.choice(("NL", "Nederland", "België"))
        mobile = ("0470", 6) if country == "België" else ("06-1", 7)
        cells = [
            dice.choice(("Ann", "José", "Renée", "Piet")), dice.choice(("", "", "van", "de")), f"Smit{n}",
            f"a{n}@firm{company}.example", f"{mobile[0]}{dice.randrange(10 ** mobile[1]):0{mobile[1]}}",
            dice.choice(("Inkoper", "Directeur", "")), f"Firma {company}", ("bv", "vof", "")[company % 3],
            ("Tuinbouw", "Voedsel")[company % 2], str(company % 900 + 1),
            country, f"{dice.randrange(1, 29)}-{dice.randrange(1, 13)}-2027",
        ]  # fmt: skip
        if dice.random() < 0.05:
            _spoil(cells, dice, n)
        yield tuple(cells)


def _spoil(cells: list[str], dice: random.Random, n: int) -> None:
    twice = f"a{n // 2}@firm0.example"
    dirt = ((3, "nobody@"), (3, ""), (4, "12"), (9, "many"), (10, "Atlantis"), (11, "31-2-2027"), (3, twice))
    place, what = dice.choice(dirt)
    cells[place] = what


def _measure(db: Database, book: InForce, data: bytes, file: str, *, row_ids: bool) -> None:
    kind, words = db.engine.dialect.name, vocabulary_of(book.rules, book.world.facts)
    sheet, seconds, _ = _timed(lambda: read_csv(data))
    how = how_of(sheet, sheet, Asked(no_consent=True, row_ids=row_ids, campaign="fair"), words)
    reader = RowReader(how, file, words, ZoneInfo("Europe/Amsterdam"), NOW)
    print(f"{kind:10}  {sheet.count:,} rows of {len(data) / 1e6:.1f} MB read in {seconds:.1f} s")
    told, seconds, cpu = _timed(lambda: _tried(db, reader, sheet))
    print(f"{kind:10}  tried: {_rate(sheet.count, seconds, cpu)}; {dict(told.counts)}, {told.again:,} again")
    stored, seconds, cpu = _timed(lambda: imports.store(db, file, how.dump(), _cells(sheet), NOW))
    print(f"{kind:10}  stored: {_rate(sheet.count, seconds, cpu)}")
    with _Neighbour(db, book) as neighbour:
        _, seconds, cpu = _timed(lambda: _all(lambda: take_some(db, stored, reader, book.ears, NOW), db))
    print(f"{kind:10}  in: {_rate(sheet.count, seconds, cpu)}, {neighbour}")
    with db.read() as read:
        counts = imports.progress(read, stored).counts
    assert counts == {becomes: count for becomes, count in told.counts.items() if count}, (counts, told.counts)
    imports.undo(db, stored)
    _, seconds, cpu = _timed(lambda: _all(lambda: undo_some(db, stored, book.ears, NOW), db))
    with db.read() as read:
        counts = imports.progress(read, stored).counts
    print(f"{kind:10}  undone: {_rate(sheet.count, seconds, cpu)}; {dict(counts)}")


def _tried(db: Database, reader: RowReader, sheet: Sheet) -> Tried:
    return tried(try_rows(db, reader, sheet.lines()), lambda line, outcome: None)


def _cells(sheet: Sheet) -> Iterator[tuple[int, tuple[str, ...]]]:
    return ((line.number, line.cells) for line in sheet.lines())


def _all(some: Callable[[], int], db: Database) -> None:
    while some():
        let_others(db)


class _Neighbour:
    """Somebody else who records an event every 50 ms meanwhile."""

    def __init__(self, db: Database, book: InForce) -> None:
        self._db, self._book, self._stop = db, book, threading.Event()
        self._took = list[float]()
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> _Neighbour:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _write(self) -> None:
        while not self._stop.wait(0.05):
            said = Incoming(f"n{len(self._took)}", "page.viewed", NOW, LeadIn(email="neighbour@there.example"))
            started = time.perf_counter()
            record(self._db, said, NOW, self._book.ears)
            self._took.append(time.perf_counter() - started)

    def __str__(self) -> str:
        took = sorted(self._took) or [0.0]
        middle, p99 = took[len(took) // 2], took[len(took) * 99 // 100]
        return f"beside it {len(took):,} events: median {middle * 1e3:.0f} ms, p99 {p99 * 1e3:.0f} ms"


def _rate(rows: int, seconds: float, cpu: float) -> str:
    return f"{rows / seconds:,.0f} rows/s, {cpu / rows * 1e3:.2f} ms CPU each"


T = TypeVar("T")


def _timed(work: Callable[[], T]) -> tuple[T, float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    done = work()
    return done, time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    main()
