"""`kweek key`: which programs may do what? Makes keys for the interface, lists them, and takes them back."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kweek.commands.common import say, settings_of
from kweek.commands.progress import looked, looking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from kweek.leads.scopes import Scope

EVERYTHING = "everything"

EXAMPLE = """examples:
  kweek key make website --may events:write leads:write
                             prints a new key, once: keep it where the website keeps its secrets
  kweek key make crm --may leads:read work:write
  kweek key list
  kweek key revoke website   it stops working with the next request

  curl -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" http://127.0.0.1:8000/api/events \\
    -d '{"id": "web-1", "type": "brochure.requested", "lead": {"email": "jo@acme.example"}}'

What a key may be made for; anything else is refused with the scope that is missing:
{scopes}

Exit: 0 done, 1 there is no such key, or one already, or the tables are of another release, 2 not understood,
3 the database is away."""


def add(commands: Any) -> None:
    from kweek.leads.scopes import SCOPES

    known = {**SCOPES, EVERYTHING: "all of it, and whatever will be there"}
    told = "\n".join(f"  {scope:<14} {words}" for scope, words in known.items())
    parser = commands.add_parser(
        "key",
        help="make and revoke keys for the interface",
        description="A program that speaks to Kweek shows a key. Kweek keeps its fingerprint only, and its name.",
        epilog=EXAMPLE.replace("{scopes}", told),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("action", choices=("make", "list", "revoke"), help="what to do")
    parser.add_argument("name", nargs="?", metavar="NAME", help="who uses the key: website, crm, …")
    parser.add_argument("--may", nargs="+", choices=tuple(known), metavar="SCOPE", help="`make`: what it is for")
    parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: .kweek)")
    parser.add_argument("--json", action="store_true", help="`list` as JSON on stdout, for programs")


def run(args: argparse.Namespace) -> int:
    if args.action != "list" and not (args.name or "").strip():
        say(f"kweek key: `kweek key {args.action}` needs a name: kweek key {args.action} website")
        return 2
    if args.action == "make" and not args.may:
        how = f"kweek key make {args.name} --may events:write"
        say(f"kweek key: what may it do? {how}; kweek key --help lists the scopes")
        return 2
    looking("Looking at the keys")
    from kweek.commands.books import opened

    with opened(settings_of(args)) as database, database.write() as tx:
        looked()
        _do(tx, args.action, (args.name or "").strip(), args.may or (), as_json=args.json)
    return 0


def _do(tx: Connection, action: str, name: str, may: Sequence[Scope], *, as_json: bool) -> None:
    from kweek.leads.keys import keys, make_key, revoke_key

    now = datetime.now(UTC)
    match action:
        case "make":
            print(make_key(tx, name, now, None if EVERYTHING in may else may))
            say(f"This is the key “{name}”, for {' '.join(may)}. It is not shown again.")
        case "revoke":
            revoke_key(tx, name, now)
            say(f"“{name}” works no more.")
        case _ if as_json:
            print(json.dumps([_as_json(key) for key in keys(tx)], indent=2))
        case _:
            for key in keys(tx):
                until = f"revoked {key.revoked_at:%Y-%m-%d %H:%M} UTC" if key.revoked_at else "works"
                scopes = " ".join(key.scopes) if key.scopes is not None else EVERYTHING
                print(f"{key.name:<24}  made {key.created_at:%Y-%m-%d %H:%M} UTC  {until:<28}  {scopes}")


def _as_json(key: Row[*tuple[Any, ...]]) -> dict[str, object]:
    """may: null is everything."""
    revoked = key.revoked_at.isoformat() if key.revoked_at else None
    return {"name": key.name, "may": key.scopes, "created_at": key.created_at.isoformat(), "revoked_at": revoked}
