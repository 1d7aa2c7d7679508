"""`kweek outgoing`: where do webhooks and channels lead, and what waits for them? Lists them, shows the secret of a
webhook, and tries one."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kweek.commands.common import add_workspace, say, settings_of
from kweek.commands.progress import looked, looking
from kweek.errors import KweekError, SettingsError
from kweek.flow.problems import did_you_mean

if TYPE_CHECKING:
    from kweek.config import Settings
    from kweek.flow.catalogue import Settings as Agreed
    from kweek.smtp import Outcome

EXAMPLE = """examples:
  kweek outgoing                      every webhook and channel of rules/workspace.yaml, and what is missing
  kweek outgoing crm                  the secret by which the CRM knows that it is us (standardwebhooks.com)
  kweek outgoing crm --try            send it a message that is about no lead
  kweek outgoing sales-floor --try
  kweek outgoing crm --again          try once more what it did not take for three days
  kweek outgoing --json | jq -r '.[] | select(.missing != "") | .name'

Exit: 0 done, 1 something is missing, or what was tried is not taken, 2 not understood."""

_NONE: Final = "rules/workspace.yaml has no webhooks or channels."
_UNKNOWN: Final = "It does not know us there: its address ({where}) or the secret that it was given is not right."
_NOTHING: Final = "There is nothing that takes messages at its address; look at it again in {where}."
_MEANS: Final = {
    "http 401": _UNKNOWN,
    "http 403": _UNKNOWN,
    "http 404": _NOTHING,
    "http 405": _NOTHING,
    "http 410": "It is gone for good, the other side says: write its new address ({where}), or name it no more.",
}


@dataclass(frozen=True, slots=True)
class Way:
    """kind: webhook, slack or teams. to: where it leads; of a channel that is a secret. missing: what has to be done
    first. waiting, given_up: events of a webhook that `hears`, which it has not taken; since: the oldest of them; why:
    of one that it refused."""

    name: str
    kind: str
    to: str = ""
    missing: str = ""
    waiting: int = 0
    given_up: int = 0
    since: str = ""
    why: str = ""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "outgoing",
        help="show where webhooks and channels lead, and try them",
        description="What goes out over HTTP: webhooks to other programs with what waits for them, and news in the "
        "channels of a chat.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="a webhook or channel of rules/workspace.yaml")
    parser.add_argument("--try", action="store_true", dest="tried", help="send it a message that is about no lead")
    parser.add_argument("--again", action="store_true", help="try once more what this webhook did not take in time")
    add_workspace(parser)
    parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: .kweek)")
    parser.add_argument("--json", action="store_true", help="the list as JSON on stdout, for programs")


def run(args: argparse.Namespace) -> int:
    looking("Looking")
    chosen = settings_of(args)
    agreed = _agreed(chosen.workspace)
    ways = {way.name: way for way in _ways(chosen, agreed)}
    looked()
    if args.name is None and not (args.tried or args.again):
        ways |= _with_what_waits(chosen, ways)
        _list(list(ways.values()), as_json=args.json)
        return 1 if any(way.missing for way in ways.values()) else 0
    if not args.name:
        option = "--try" if args.tried else "--again"
        say(f"kweek outgoing: {option} what? {did_you_mean('', ways) or _NONE}")
        return 2
    if args.name not in ways:
        say(f"kweek outgoing: there is no webhook or channel “{args.name}”. {did_you_mean(args.name, ways) or _NONE}")
        return 2
    way = ways[args.name]
    if way.missing:
        say(f"kweek outgoing: {way.missing}")
        return 1
    if args.again:
        return _again(chosen, way)
    if args.tried:
        return _try(chosen, agreed, way)
    return _show(chosen, way)


def _agreed(folder: Path) -> Agreed:
    from kweek.flow.catalogue import RULES
    from kweek.flow.load.rules import read_rules
    from kweek.flow.problems import errors

    own = "rules/workspace.yaml"
    if not (folder / own).is_file():
        raise KweekError(f"{folder} has no {own}. Name the folder that has it: --workspace DIR, or KWEEK_WORKSPACE")
    others = (f"rules/{name}.yaml" for name in RULES if f"rules/{name}.yaml" != own)
    there = (own, *(path for path in others if (folder / path).is_file()))
    rules, problems = read_rules({path: (folder / path).read_bytes() for path in there})
    for problem in errors(one for one in problems if one.file == own):
        say(str(problem))
    return rules.settings


def _ways(chosen: Settings, agreed: Agreed) -> list[Way]:
    from kweek.outgoing.chat import address_of

    found = [Way(name, "webhook", hook.url) for name, hook in agreed.webhooks.items()]
    for name, kind in agreed.channels.items():
        missing = ""
        try:
            address_of(name, chosen.channels)
        except SettingsError as error:
            missing = str(error)
        found.append(Way(name, kind, missing=missing))
    return found


def _with_what_waits(chosen: Settings, ways: Mapping[str, Way]) -> dict[str, Way]:
    """Those of which something waits; also of a webhook that is gone from the file. Without a database none does."""
    from kweek.commands.books import opened
    from kweek.leads.deliveries import standing

    try:
        with opened(chosen) as database, database.read() as read:
            left = standing(read)
    except KweekError as error:
        say(f"what waits is not known: {error}")
        return {}
    gone = "rules/workspace.yaml has it no more"
    return {
        name: replace(
            ways.get(name, Way(name, "webhook", missing=gone)), waiting=one.waiting, given_up=one.given_up,
            since=f"{one.since:%Y-%m-%d %H:%M}", why=one.why or "",
        )
        for name, one in left.items()
    }  # fmt: skip


def _again(chosen: Settings, way: Way) -> int:
    from kweek.commands.books import opened
    from kweek.leads.deliveries import once_more

    with opened(chosen) as database, database.write() as tx:
        found = once_more(tx, way.name, datetime.now(UTC))
    say(f"{way.name}: {found} to be tried again" + ("; the worker does it" if found else ""))
    return 0


def _list(ways: list[Way], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(list(map(asdict, ways)), ensure_ascii=False, indent=2))
        return
    for way in ways:
        print(f"{way.name:<24}  {way.kind:<8}  {way.missing or way.to or 'has its address'}")
        if way.waiting or way.given_up:
            why = f": {way.why}" if way.why else ""
            print(f"{'':<24}  {way.waiting} wait, {way.given_up} given up, the oldest of {way.since} UTC{why}")
    if not ways:
        print(_NONE)


def _show(chosen: Settings, way: Way) -> int:
    if way.kind != "webhook":
        say(f"“{way.name}” has its address. A channel has no secret besides; try it: kweek outgoing {way.name} --try")
        return 0
    from kweek.outgoing.signature import secret_of

    print(secret_of(chosen, way.name))
    say(f"Give it to whoever keeps {way.to}; with it, they verify that a message is ours.")
    return 0


def _try(chosen: Settings, agreed: Agreed, way: Way) -> int:
    import asyncio

    outcome = asyncio.run(_webhook(chosen, way) if way.kind == "webhook" else _channel(chosen, agreed, way))
    taken = outcome.kind == "accepted"
    say(f"{way.name}: {'taken' if taken else 'not taken'} ({outcome.code}) {outcome.words}".rstrip())
    if (means := _MEANS.get(outcome.code)) is not None:
        from kweek.outgoing.chat import variable_of

        say(means.format(where="rules/workspace.yaml" if way.kind == "webhook" else variable_of(way.name)))
    return 0 if taken else 1


async def _webhook(chosen: Settings, way: Way) -> Outcome:
    from kweek.outgoing.post import post
    from kweek.outgoing.signature import signed

    now = datetime.now(UTC)
    body = json.dumps({"type": "webhook.tried", "timestamp": now.isoformat(), "data": {"webhook": way.name}})
    headers = signed(chosen, way.name, f"try/{now:%Y%m%d%H%M%S%f}", body, now)
    return await post(way.to, body.encode(), headers, chosen.outgoing_allow)


async def _channel(chosen: Settings, agreed: Agreed, way: Way) -> Outcome:
    from kweek.mails.notices import open_in_kweek
    from kweek.outgoing.chat import address_of, payload
    from kweek.outgoing.post import post

    link = (open_in_kweek(agreed.languages[0]), chosen.base_url)
    body = payload(agreed.channels[way.name], "Kweek", f"kweek outgoing {way.name} --try", link)
    return await post(address_of(way.name, chosen.channels), body, {}, chosen.outgoing_allow)
