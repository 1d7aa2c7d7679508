"""`kweek import`: a CSV file of people becomes leads. Tried row by row before, and taken in by the worker."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kweek.commands.common import NotUnderstoodError, add_workspace, look_for_folder, say, settings_of
from kweek.commands.progress import looked, looking, progress

if TYPE_CHECKING:
    from kweek.intake.check_lead import Vocabulary
    from kweek.intake.imports.asked import Asked
    from kweek.intake.imports.csv_file import Sheet
    from kweek.intake.imports.how import Column, How
    from kweek.intake.imports.trying import Tried
    from kweek.leads.database import Database
    from kweek.leads.imports import Progress
    from kweek.web.rules import WorkspaceRules

EXAMPLE = """examples:
  kweek import fair.csv --try                  what would become of each row; nothing is written
  kweek import fair.csv --consent "fair list 2026, signed" --purpose advice --campaign spring-fair
  kweek import old.csv --no-consent --keep     what is known already counts, not the file
  kweek import fair.csv --try --map "Achternaam=last_name" --map "Opmerking=own.remark" --map "Score=ignore"
  kweek import calls.csv --no-consent --id row --flow fair-visit --rate "200 per hour"

Separator, encoding, and which column is which field are found, and told before; --map says it otherwise. Rows that
cannot be taken are left out with the reason, and --errors writes them into a file to mend. The worker does it: whoever
looks on may go. kweek imports shows what is in and what is on its way, and undoes it.

Exit: 0 every row can be taken, or is in, 1 some rows are refused, or the file cannot be read, 2 not understood,
3 the database is away, 130 no longer looked on (it goes on)."""

_HINTS: Final = {
    "map": '(--map "Achternaam=last_name"; --id row has the row be the id)',
    "consent": '(--consent "fair list 2026, signed" --purpose advice; or --no-consent)',
    "purpose": "(--purpose advice)",
    "rate": '(--rate "200 per hour")',
}
_SHOWN: Final = 20  # refused rows in the terminal
_PATIENCE: Final = 10  # looks without a row, until it is said that no worker is there
_IN: Final = ("enrolling", "done", "stopped", "undoing", "undone", "forgetting", "forgotten")


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "import",
        help="take a CSV file of people in as leads",
        description="Takes the people of a CSV file in: made, or changed where they are known; each once.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", help="the CSV file")
    parser.add_argument("--try", dest="trying", action="store_true", help="tell what would happen, and change nothing")
    add_workspace(parser)
    parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: .kweek)")
    _about_the_file(parser)
    _about_the_people(parser)
    parser.add_argument("--errors", metavar="FILE", help="write the refused rows there, with the reasons")
    parser.add_argument("--by", metavar="NAME", help="who takes it in, for the books")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, for programs")


def _about_the_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--map", metavar="COLUMN=FIELD", action="append", default=[], help="which field a column fills")
    parser.add_argument("--no-headings", action="store_true", help="the first row is a person; columns are A, B, C")
    parser.add_argument("--encoding", metavar="NAME", help="as the file is written (default: it is found)")
    parser.add_argument("--separator", metavar="SIGN", help="between cells (default: it is found)")
    parser.add_argument("--dates", choices=("dmy", "mdy"), help="31-12-2026 or 12/31/2026 (default: by all its days)")
    parser.add_argument("--id", choices=("row",), help="row: the row of the file is the external id")
    parser.add_argument(
        "--change-addresses", action="store_true", help="whoever has an external id may get another e-mail address"
    )


def _about_the_people(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--consent", metavar="WORDS", default="", help="how and where they allowed to be mailed")
    parser.add_argument("--purpose", metavar="NAME", default="", help="for which mails, as they name it")
    parser.add_argument("--no-consent", action="store_true", help="they did not: no marketing mail leaves by this")
    parser.add_argument("--campaign", metavar="NAME", default="", help="of rows that name none")
    parser.add_argument("--keep", action="store_true", help="what is known stays; the file only adds to it")
    parser.add_argument("--flow", metavar="NAME", default="", help="that they enter")
    parser.add_argument(
        "--rate", metavar="RATE", default="", help="how fast they do: “200 per hour” (default: at once)"
    )


def run(args: argparse.Namespace) -> int:
    if args.errors:
        look_for_folder("--errors", args.errors)
    looking("Reading the file")
    from kweek.commands.books import opened
    from kweek.intake.imports.asked import how_of
    from kweek.intake.imports.csv_file import read_csv, sign_of
    from kweek.intake.imports.said import HowError
    from kweek.web.rules import WorkspaceRules

    settings, file = settings_of(args), Path(args.file)
    sign = None if args.separator is None else sign_of(args.separator) or ""
    sheet = read_csv(file.read_bytes(), encoding=args.encoding, separator=sign, named=not args.no_headings)
    with opened(settings) as database:
        rules = WorkspaceRules(settings.workspace, database)
        try:
            how = how_of(sheet, sheet, _asked(args), rules.vocabulary(), trying=args.trying)
        except HowError as error:
            raise NotUnderstoodError(f"{error} {_HINTS.get(error.field, '')}".rstrip()) from None
        looked()
        if not args.json:
            _tell_columns(sheet, how.columns, rules.vocabulary())
        if args.trying:
            return _try(args, database, rules, sheet, how)
        return _import(args, database, rules, sheet, how)


def _asked(args: argparse.Namespace) -> Asked:
    from kweek.intake.imports.asked import Asked
    from kweek.intake.imports.columns import says_of

    return Asked(
        fields=dict(says_of(args.map)),
        dates=args.dates,
        consent=args.consent,
        purpose=args.purpose,
        no_consent=args.no_consent,
        campaign=args.campaign,
        keeps=args.keep,
        row_ids=args.id == "row",
        flow=args.flow,
        rate=args.rate,
        moves=args.change_addresses,
    )


def _tell_columns(sheet: Sheet, columns: tuple[Column, ...], words: Vocabulary) -> None:
    from kweek.intake.imports.column_words import column_words
    from kweek.intake.imports.columns import kind_of
    from kweek.words import Tongue

    tongue = Tongue("en")
    sign = {"\t": "tab"}.get(sheet.separator, sheet.separator)
    say(f"{sheet.count:,} rows, {sheet.encoding}, separated by “{sign}”" + _left_out(sheet))
    width = min(40, max(len(column.heading) for column in columns))
    for column in columns:
        why = column_words(tongue, column, kind_of(column.target, words))
        say(f"  {column.heading[:40]:{width}}  {column.target or '–':18}  {why}")


def _left_out(sheet: Sheet) -> str:
    counts = ((sheet.skipped, "row", " above the headings"), (sheet.empty, "empty row", ""))
    return "".join(
        f"; {count:,} {what}{'' if count == 1 else 's'}{where} left out" for count, what, where in counts if count
    )


# --- before -----------------------------------------------------------------------------------------------


def _try(args: argparse.Namespace, db: Database, rules: WorkspaceRules, sheet: Sheet, how: How) -> int:
    from datetime import UTC, datetime

    from kweek.intake.imports.csv_file import Line
    from kweek.intake.imports.file_row import RowReader
    from kweek.intake.imports.trying import Outcome, tried, try_rows
    from kweek.leads.clock import flow_clock

    reader = RowReader(
        how, Path(args.file).name, rules.vocabulary(), rules.zone(), flow_clock(db).flow(datetime.now(UTC))
    )
    rows = list[dict[str, object]]()
    refused = list[tuple[Line, Outcome]]()
    with progress("Trying every row", "rows") as told:

        def each(line: Line, outcome: Outcome) -> None:
            if outcome.becomes == "refused":
                refused.append((line, outcome))
            if args.json:
                rows.append(_as_json(outcome))
            if line.number % 200 == 0:
                told(line.number, sheet.count)

        sums = tried(try_rows(db, reader, sheet.lines()), each)
    if args.errors:
        _write_errors(args.errors, how, [(line.cells, list(map(str, outcome.refusals))) for line, outcome in refused])
    if args.json:
        print(json.dumps(_sums_as_json(sheet, how, sums) | {"outcomes": rows}, ensure_ascii=False, default=str))
    else:
        for line in _lines(sums, [outcome for _, outcome in refused]):
            print(line)
    return 1 if refused else 0


def _as_json(outcome: Any) -> dict[str, object]:
    said: dict[str, object] = {"row": outcome.number, "becomes": outcome.becomes}
    if outcome.becomes == "changed":
        said["changes"] = {name: {"from": old, "to": new} for name, (old, new) in outcome.changes.items()}
    if outcome.again is not None:
        said["same_as_row"] = outcome.again
    if outcome.took_back:
        said["took_back"] = True
    if outcome.refusals:
        said["why"] = [refusal.dump() for refusal in outcome.refusals]
    return said


def _sums_as_json(sheet: Sheet, how: How, sums: Tried) -> dict[str, object]:
    return {
        "rows": sums.rows, "empty": sheet.empty, "skipped": sheet.skipped,
        "encoding": sheet.encoding, "separator": sheet.separator,
        "columns": [{"column": one.heading, "field": one.target} for one in how.columns],
        **{becomes: sums.counts[becomes] for becomes in ("made", "changed", "same", "refused")},
        "again": sums.again, "took_back": sums.took_back, "fields": dict(sums.fields),
    }  # fmt: skip


def _lines(sums: Tried, refused: list[Any]) -> list[str]:
    counts = sums.counts
    lines = [
        f"{sums.rows:,} rows: {counts['made']:,} new, {counts['changed']:,} changed, {counts['same']:,} the same, "
        f"{counts['refused']:,} refused."
    ]
    if sums.fields:
        most = ", ".join(f"{name} {count:,}" for name, count in sums.fields.most_common(8))
        lines.append(f"What changes: {most}.")
    if sums.again:
        lines.append(f"{sums.again:,} of them are about somebody of a row above.")
    if sums.took_back:
        lines.append(_took_back(sums.took_back))
    for outcome in refused[:_SHOWN]:
        lines.append(f"  row {outcome.number}: {'; '.join(map(str, outcome.refusals))}")
    if len(refused) > _SHOWN:
        lines.append(f"  … and {len(refused) - _SHOWN:,} others; --errors FILE writes all")
    return lines


def _took_back(count: int) -> str:
    return f"{count:,} of them: the permission was taken back before, and this file does not give it again."


def _write_errors(path: str, how: How, rows: list[tuple[tuple[str, ...], list[str]]]) -> None:
    from kweek.intake.imports.refused import error_file

    Path(path).write_text("".join(error_file(how.headings, how.separator, rows)), encoding="utf-8-sig", newline="")


# --- and then ---------------------------------------------------------------------------------------------


def _import(args: argparse.Namespace, db: Database, rules: WorkspaceRules, sheet: Sheet, how: How) -> int:
    from datetime import UTC, datetime

    from kweek.leads import imports
    from kweek.leads.clock import flow_clock

    now = flow_clock(db).flow(datetime.now(UTC))
    lines = ((line.number, line.cells) for line in sheet.lines())
    with progress("Storing the rows", "rows") as told:
        store = imports.store(
            db, Path(args.file).name, how.dump(), lines, now, by=args.by, told=lambda done: told(done, sheet.count)
        )
    try:
        found = _look_on(db, store)
    except KeyboardInterrupt:
        say(f"it goes on without you; kweek imports {store} shows how far it is")
        return 130
    if args.errors:
        from kweek.intake.imports.refused import refused_of

        Path(args.errors).write_text("".join(refused_of(db, store)), encoding="utf-8-sig", newline="")
    with db.read() as read:
        took_back, _ = imports.took_back(read, store, 0)
    if args.json:
        said = {"import": store, "status": found.status, "rows": found.rows, **found.counts, "took_back": took_back}
        print(json.dumps(said))
    else:
        _tell_done(store, found, how, took_back)
    return 1 if found.counts.get("refused") else 0


def _look_on(db: Database, import_id: str) -> Progress:
    from kweek.importing import looked_on

    looks = 0
    with progress("Taking the rows in", "rows") as told:

        def tell(so_far: Progress) -> None:
            nonlocal looks
            looks += 1
            told(so_far.done, so_far.rows)
            if looks == _PATIENCE and not so_far.done:
                say("no worker has begun with it yet; kweek up, or kweek worker, does")

        return looked_on(db, import_id, tell, _IN)


def _tell_done(import_id: str, found: Progress, how: How, took_back: int) -> None:
    counts = found.counts
    words = ", ".join(
        f"{counts.get(status, 0):,} {said}"
        for status, said in (("made", "new"), ("changed", "changed"), ("same", "the same"), ("refused", "refused"))
    )
    say(f"{found.rows:,} rows are dealt with: {words}. This is import {import_id}.")
    if took_back:
        say(_took_back(took_back))
    if counts.get("refused"):
        say(f"kweek imports {import_id} --errors FILE writes the refused rows with the reasons")
    if how.flow is not None:
        rate = f", {how.rate}" if how.rate else ""
        say(f"{found.taken:,} rows go into the flow {how.flow}{rate}; kweek imports {import_id} shows how far that is")
