"""`kweek new`: how do I begin? Writes a flow with its mail and tests, or a whole workspace, sound from the start."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kweek.beginnings import SETS
from kweek.commands.common import add_workspace, flow_named, say, settings_of
from kweek.errors import KweekError, SettingsError

if TYPE_CHECKING:
    from kweek.workspace import Workspace

EXAMPLE = """examples:
  kweek new flow trial-pump                         begins at the event trial_pump.requested, which is declared
  kweek new flow open-day --start fair.visited      begins at an event that is there already
  kweek new flow dryers --like brochure-request     a copy, with an event of its own
  kweek new workspace ../acme --name "Acme Ltd" --languages nl,en --timezone Europe/Amsterdam
  kweek new workspace ../acme --facts champ         sales ready by challenges, authority, money, priority

Nothing that is there is overwritten; rules/events.yaml keeps every line that it has.
Exit: 0 written, 1 something is there already, or cannot be read, 2 not understood."""


_LONGEST: Final = 100
"""Letters of a flow's name: its mails, with what stands behind it, must fit into the name of a file."""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "new",
        help="begin a flow or a workspace",
        description="Writes files that lint clean and whose tests hold, for you to change.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("noun", choices=("flow", "workspace"), help="what to begin")
    parser.add_argument("name", metavar="NAME", help="the flow's name: small letters, digits, hyphens; or a folder")
    parser.add_argument("--like", metavar="FLOW", help="of a flow: copy this one")
    parser.add_argument("--start", metavar="EVENT", help="of a flow: what begins it, or manual")
    parser.add_argument("--name", dest="company", metavar="TEXT", help="of a workspace: who you are")
    parser.add_argument("--languages", metavar="LIST", help="of a workspace: nl,en (default: en)")
    parser.add_argument("--timezone", metavar="ZONE", help="of a workspace: Europe/Amsterdam (default: UTC)")
    parser.add_argument(
        "--facts", choices=SETS, help="of a workspace: by which facts a lead is sales ready (default: fits, interest)"
    )
    add_workspace(parser)
    parser.add_argument("--json", action="store_true", help="what was written, as JSON on stdout")


def run(args: argparse.Namespace) -> int:
    mine, others = ("like", "start"), ("company", "languages", "timezone", "facts")
    for option in others if args.noun == "flow" else mine:
        if getattr(args, option) is not None:
            shown = "name" if option == "company" else option
            say(f"kweek new: --{shown} is not for a {args.noun}")
            return 2
    return _flow(args) if args.noun == "flow" else _workspace(args)


# --- a flow ---------------------------------------------------------------------------------------


def _flow(args: argparse.Namespace) -> int:
    from kweek.beginnings.events import PATH, with_event
    from kweek.workspace import read_workspace

    name = _name(args.name)
    workspace = read_workspace(settings_of(args).workspace)
    if "rules/workspace.yaml" not in workspace.texts:
        raise KweekError(f"{workspace.folder} is not a workspace; begin one: kweek new workspace {workspace.folder}")
    event, texts, data, hard = _texts(workspace, name, args)
    changed: dict[str, str] = {}
    if event is not None and event not in workspace.rules.events:
        changed[PATH] = with_event(workspace.texts.get(PATH, ""), event, data, hard=hard)
    _write(workspace.folder, texts, changed)
    others = _as_it_goes_here(workspace.folder, name)
    if args.json:
        print(json.dumps({"written": list(texts), "changed": list(changed), "start": event}, indent=2))
        return 0
    _say(texts)
    for path in changed:
        say(f"changed: {path} has the event {event} now")
    for other in _also(workspace, event):
        say(f"“{other}” begins at {event} too: a lead would walk both. Change one of them before you publish.")
    if others:
        say(f"Beside the flows that are there it goes another way than by itself; flows/tests/{name}.yaml says which.")
    if args.like:
        say(f"It sends the mails of “{args.like}”. For mails of its own, write them and name them in the flow.")
    where = f"{name} --workspace {args.workspace}" if args.workspace else name
    say(f"Now change them. Then: kweek lint {where}, kweek test {where}, kweek publish {where}")
    return 0


def _name(text: str) -> str:
    from kweek.flow.kebab import parse_name

    try:
        if len(text) > _LONGEST:
            raise ValueError(f"a name of {len(text)} letters is too long for files; write at most {_LONGEST}")
        return parse_name(text)
    except ValueError as error:
        raise SettingsError(str(error)) from None


def _texts(
    workspace: Workspace, name: str, args: argparse.Namespace
) -> tuple[str | None, dict[str, str], dict[str, str], bool]:
    """What begins it (None: no event), its files, and, of an event that is not there yet, its data and whether it is
    hard."""
    from kweek.beginnings.alike import alike, asks_for_us, begun_by, data_of
    from kweek.beginnings.flow import House, event_of, purpose_in, skeleton

    start = _start(args.start) if args.start else None
    if args.like is None:
        settings = workspace.rules.settings
        website = settings.websites[0] if settings.websites else "https://www.example.com"
        house = House(settings.languages, purpose_in(workspace.texts), website)
        start = start or event_of(name)
        return (None if start == "manual" else start), skeleton(name, start, house), {}, False
    like = flow_named(args.like, workspace.folder)
    if like not in workspace.flows:
        from kweek.flow.problems import did_you_mean

        raise SettingsError(f"there is no flow “{like}”. {did_you_mean(like, workspace.flows)}".rstrip())
    if workspace.broken(f"flows/{like}.yaml"):
        raise KweekError(f"flows/{like}.yaml has errors; kweek lint {like} says which")
    flow = workspace.flows[like]
    start = start or (event_of(name) if begun_by(flow) else None)
    event, hard = None if start == "manual" else start, asks_for_us(workspace, flow)
    return event, alike(workspace, like, name, start), data_of(workspace, flow), hard


def _start(text: str) -> str:
    from kweek.flow.load.events import EVENT

    if text != "manual" and not EVENT.fullmatch(text):
        raise SettingsError(f"“{text}” is no event; an event is noun.past_verb: brochure.requested — or write manual")
    return text


def _also(workspace: Workspace, event: str | None) -> Sequence[str]:
    from kweek.beginnings.alike import begun_by

    return [name for name, flow in workspace.flows.items() if event is not None and event in begun_by(flow)]


def _as_it_goes_here(folder: Path, name: str) -> bool:
    """Where its tests do not hold beside the other flows, others take their place. True: they did."""
    from kweek.beginnings.held import other_tests
    from kweek.workspace import read_workspace

    path = f"flows/tests/{name}.yaml"
    workspace = read_workspace(folder)
    text = other_tests(workspace, name) if path in workspace.texts else None
    if text is not None:
        (folder / path).unlink()
        _write(folder, {path: text}, {})
    return text is not None


# --- a workspace ----------------------------------------------------------------------------------


def _workspace(args: argparse.Namespace) -> int:
    from kweek.beginnings.flow import title_of
    from kweek.beginnings.workspace import FIRST, beginning
    from kweek.commands.schema import FOLDER, text_of
    from kweek.flow.kebab import kebab
    from kweek.flow.load.rules import read_rules
    from kweek.flow.problems import errors
    from kweek.flow.schema import KINDS

    if not args.name.strip():
        raise SettingsError("a workspace needs a folder: kweek new workspace ../acme")
    folder = Path(args.name).absolute()
    languages = [word.strip() for word in (args.languages or "en").split(",") if word.strip()]
    name = " ".join((args.company or title_of(kebab(folder.name)) or "My company").split())
    texts = beginning(name, languages, args.timezone or "UTC", args.facts)
    wrong = errors(read_rules(texts)[1])
    if wrong:
        raise SettingsError(f"{wrong[0].what} {wrong[0].fix}".strip())
    if any((folder / path).exists() for path in ("flows", "rules", "surveys", "templates")):
        raise KweekError(f"{folder} is a workspace already; kweek new flow NAME --workspace {folder} adds a flow to it")
    schemas = {f"{FOLDER}/{kind}.json": text_of(kind) for kind in KINDS}
    _write(folder, {**texts, **schemas}, {})
    if args.json:
        print(json.dumps({"written": [*texts, *schemas], "changed": []}, indent=2))
        return 0
    _say(texts)
    say(f"written: {FOLDER}/, by which editors complete and check what you type")
    say(f"Now say in rules/ who you are and who works there, and change flows/{FIRST}.yaml.")
    say(f"Then go to {args.name} and run there: kweek lint, kweek test, kweek up")
    return 0


def _say(texts: Mapping[str, str]) -> None:
    from kweek.beginnings.flow import WRITTEN
    from kweek.mails.template import name_and_language

    for path in texts:
        named = name_and_language(path)
        begins = "" if named is None or named[1].partition("-")[0] in WRITTEN else ", in English: translate it"
        say(f"written: {path}{begins}")


def _write(folder: Path, texts: dict[str, str], changed: Mapping[str, str]) -> None:
    """None, where a new one is there already. New files get the line by which an editor finds their schema."""
    from kweek.commands.schema import line_for

    there = [path for path in texts if (folder / path).exists()]
    if there:
        raise KweekError(f"{there[0]} is there already, and nothing was written; choose another name")
    for path, text in {**texts, **changed}.items():
        line = None if (folder / path).exists() else line_for(path)
        whole = f"{line}\n{text}" if line and line not in text else text
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(whole, "utf-8")
