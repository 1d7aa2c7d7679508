"""`kweek imports`: what was imported, how far is it, and what cannot be undone?"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kweek.commands.common import look_for_folder, say, settings_of
from kweek.commands.progress import looked, looking, progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

    from kweek.leads.database import Database
    from kweek.leads.imports import Progress

EXAMPLE = """examples:
  kweek imports                          the latest, and how far each is
  kweek imports 3f2a90c41b7e             one of them
  kweek imports 3f2a90c41b7e --stop      what is in stays; --go-on goes on
  kweek imports 3f2a90c41b7e --undo      take it back, and list what cannot be
  kweek imports 3f2a90c41b7e --errors refused.csv
  kweek imports --json | jq '.[0].made'

An undo takes away whoever came by the import and did nothing since, and gives back what was known of the others before,
where nobody wrote it since. A permission that the import gave is withdrawn in any case.

Exit: 0 done, 1 some of it cannot be undone, or not now, 2 not understood, 3 the database is away, 130 no longer looked
on (it goes on)."""

_SHOWN: Final = 20
_WORDS: Final = {
    "made": "new", "changed": "changed", "same": "the same", "refused": "refused", "waiting": "to come",
    "undone": "undone", "kept": "kept",
}  # fmt: skip


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "imports",
        help="show what was imported, stop it, undo it",
        description="Shows the files that were taken in, with what became of their rows.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("id", nargs="?", metavar="ID", help="one of them")
    parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: .kweek)")
    deed = parser.add_mutually_exclusive_group()
    deed.add_argument("--undo", action="store_true", help="take it back")
    deed.add_argument("--stop", action="store_true", help="have it rest")
    deed.add_argument("--go-on", action="store_true", help="go on after a stop")
    deed.add_argument("--errors", metavar="FILE", help="write its refused rows there, with the reasons")
    parser.add_argument("--json", action="store_true", help="JSON on stdout, for programs")


def run(args: argparse.Namespace) -> int:
    if not args.id and (args.undo or args.stop or args.go_on or args.errors):
        say("kweek imports: say which: kweek imports lists them")
        return 2
    if args.errors:
        look_for_folder("--errors", args.errors)
    looking("Looking at the imports")
    from kweek.commands.books import opened
    from kweek.leads import imports

    with opened(settings_of(args)) as db:
        looked()
        if args.undo:
            imports.undo(db, args.id)
            return _undone(db, args.id, as_json=args.json)
        if args.stop or args.go_on:
            (imports.stop if args.stop else imports.go_on)(db, args.id)
        if args.errors:
            from kweek.intake.imports.refused import refused_of

            Path(args.errors).write_text("".join(refused_of(db, args.id)), encoding="utf-8-sig", newline="")
        _show(db, args.id, as_json=args.json)
    return 0


def _show(db: Database, import_id: str | None, *, as_json: bool) -> None:
    from kweek.leads import imports

    with db.read() as read:
        rows = [imports.one(read, import_id)] if import_id else imports.latest(read)
        found = [(row, imports.progress(read, row.id)) for row in rows]
        took_back, theirs = imports.took_back(read, import_id, _SHOWN + 1) if import_id else (0, [])
    if as_json:
        told = [_as_json(row, progress) for row, progress in found]
        print(json.dumps(told[0] | {"took_back": took_back} if import_id else told, ensure_ascii=False))
        return
    for row, so_far in found:
        print(_line(row, so_far))
    if took_back:
        print(f"{took_back:,} without the permission, which was taken back before:")
    _tell(theirs)
    if not found:
        say("nothing was imported yet; kweek import FILE --try begins")


def _line(row: Row[Any], so_far: Progress) -> str:
    counts = ", ".join(f"{so_far.counts[name]:,} {said}" for name, said in _WORDS.items() if so_far.counts.get(name))
    return (
        f"{row.id}  {row.at:%Y-%m-%d %H:%M}  {row.status:9}  {row.file}: {so_far.rows:,} rows, {counts or 'none yet'}"
    )


def _as_json(row: Row[Any], so_far: Progress) -> dict[str, object]:
    return {
        "id": row.id, "file": row.file, "status": row.status, "at": row.at.isoformat(), "by": row.by,
        "rows": so_far.rows, **{name: so_far.counts.get(name, 0) for name in _WORDS},
    }  # fmt: skip


def _undone(db: Database, import_id: str, *, as_json: bool) -> int:
    from kweek.importing import looked_on
    from kweek.leads import imports

    with progress("Taking it back", "rows") as told:

        def tell(so_far: Progress) -> None:
            back = so_far.counts.get("undone", 0) + so_far.counts.get("kept", 0)
            told(back, back + so_far.taken)

        try:
            looked_on(db, import_id, tell, ("undone",))
        except KeyboardInterrupt:
            say("it goes on without you; kweek imports shows how far it is")
            return 130
    with db.read() as read:
        left = imports.left(read, import_id, _SHOWN + 1)
    _show(db, import_id, as_json=as_json)
    if not as_json:
        _tell(left)
    return 1 if left else 0


def _tell(rows: Sequence[Row[Any]]) -> None:
    """Each with the reason. Up to one more than is shown."""
    from kweek.intake.imports.refused import why_of

    for row in rows[:_SHOWN]:
        print(f"  row {row.number}, lead {row.lead_id}: {'; '.join(why_of(row))}")
    if len(rows) > _SHOWN:
        say("  … and others, which the page of the import lists")
