"""`kweek draw`: what does a flow look like? Its picture in a file, or a tree in the terminal."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kweek.commands.common import add_workspace, flow_named, look_for_folder, own_of, say, settings_of, workspace_of
from kweek.commands.progress import looked, looking
from kweek.flow.problems import did_you_mean, errors
from kweek.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kweek.commands.against import Other
    from kweek.draw.told import Told
    from kweek.words import Tongue
    from kweek.workspace import Workspace

EXAMPLE = """examples:
  kweek draw brochure-request                      a tree, here in the terminal
  kweek draw brochure-request -o brochure.svg      the picture
  kweek draw brochure-request -o brochure.png --language nl --theme dark
  kweek draw brochure-request -o brochure.mmd      for what draws Mermaid itself
  kweek draw brochure-request --against 3          what differs from version 3: new, changed, gone
  kweek draw brochure-request --against old.yaml -o change.svg

A draft with mistakes is drawn as far as it says something, and the first of them are told. One in which YAML cannot
read on is not drawn: what stands behind the mistake would be missing, or look as if it were gone.

Exit: 0 drawn (with mistakes or without), 1 the flow cannot be read, 2 not understood."""

_ENDINGS: Final = (".svg", ".png", ".mmd")
_MISTAKES: Final = 3
_BOXES: Final = 20  # characters
_WHOLE_LINES: Final = 4096  # wide enough that nothing is folded for a program that reads it


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "draw",
        help="show a flow as a picture",
        description="Draws a flow: paths are columns, steps are cards, and every outcome says where it leads.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("flow", metavar="FLOW", help="name or file of a flow")
    parser.add_argument("-o", "--output", metavar="FILE", help="ends in .svg, .png or .mmd (default: the terminal)")
    parser.add_argument("--against", metavar="VERSION", help="mark what differs from another version: number, or file")
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="of the words in it (default: en)")
    parser.add_argument("--theme", choices=("light", "dark"), help="default: an SVG follows its reader, a PNG is light")
    add_workspace(parser)


def run(args: argparse.Namespace) -> int:
    output = Path(args.output) if args.output else None
    if output is not None and output.suffix not in _ENDINGS:
        print(f"kweek draw: {output}: a picture is written as .svg, .png or .mmd.", file=sys.stderr)
        return 2
    if output is not None and output.suffix == ".mmd" and args.against:
        print("kweek draw: Mermaid has no marks for what differs; write .svg or .png.", file=sys.stderr)
        return 2
    if output is not None:
        look_for_folder("-o", output)
    looking("Drawing")
    from kweek.commands.against import breaks_off, other
    from kweek.draw.compare import compare
    from kweek.draw.tell import tell
    from kweek.words import Tongue

    workspace = workspace_of(settings_of(args))
    name = flow_named(args.flow, workspace.folder)
    flow = workspace.flows.get(name)
    path = f"flows/{name}.yaml"
    if flow is None or (workspace.broken(path) and breaks_off(workspace.texts[path])):
        looked()
        return _not_there(name, workspace)
    tongue = Tongue(args.language, own_of(workspace, args.language))
    if output is not None and output.suffix == ".mmd":
        from kweek.draw.mermaid import mermaid

        output.write_text(mermaid(flow, tongue), encoding="utf-8")
        looked()
        say(f"{output}: {output.stat().st_size:,} bytes")
    else:
        told = tell(flow, tongue)
        if args.against:
            found = other(settings_of(args), flow.name.value, args.against)
            before = told
            told = compare(tell(found.flow, tongue), before, tongue)
            looked()
            _say_texts(found, workspace, name, drawn_alike=told == before)
        _print(told) if output is None else _write(told, tongue, output, args.theme)
    _say_mistakes(workspace, name)
    return 0


def _say_mistakes(workspace: Workspace, name: str) -> None:
    """Behind the picture: it is there at once, and whether it can be published is not its business."""
    from kweek.linting import belongs_to, lint_unrendered

    wrong = errors(problem for problem in lint_unrendered(workspace) if belongs_to(name, workspace, problem))
    if wrong:
        say("This draft cannot be published as it is:")
    for problem in wrong[:_MISTAKES]:
        say(str(problem))
    _say_more(len(wrong) - _MISTAKES, name)


def _say_more(more: int, name: str) -> None:
    if more > 0:
        say(f"and {more} more; kweek lint {name} says all of them.")


def _not_there(name: str, workspace: Workspace) -> int:
    from kweek.linting import flows_in

    problems = [problem for problem in workspace.problems if problem.file == f"flows/{name}.yaml"]
    if problems:
        for problem in problems[:_MISTAKES]:
            say(str(problem))
        _say_more(len(problems) - _MISTAKES, name)
        return 1
    fix = did_you_mean(name, flows_in(workspace)) or f"{workspace.folder} has no flows."
    print(f"kweek draw: there is no flow “{name}”. {fix}", file=sys.stderr)
    return 2


def _say_texts(found: Other, workspace: Workspace, name: str, *, drawn_alike: bool) -> None:
    """What no picture shows: a version holds its mails and surveys too, and they may read differently."""
    from kweek.versions import source_of

    flow = f"flows/{name}.yaml"
    before = found.source
    now = {path: text for path, text in source_of(workspace, name).items() if found.published or path == flow}
    differ = [path for path in sorted({*before, *now}) if before.get(path) != now.get(path)]
    if not differ:
        say(f"Nothing differs from {found.label}.")
    elif drawn_alike:
        say(f"Nothing that is drawn differs from {found.label}.")
    for path in differ:
        if path != flow or drawn_alike:
            say(f"{'new' if path not in before else 'gone' if path not in now else 'changed'}: {path}")


def _print(told: Told) -> None:
    from rich.console import Console

    from kweek.draw.tree import tree_of

    width = None if sys.stdout.isatty() else _WHOLE_LINES
    looked()
    Console(width=width).print(tree_of(told))


def _write(told: Told, tongue: Tongue, output: Path, theme: Any) -> None:
    from kweek.draw import svg
    from kweek.draw.layout import lay_out_told

    picture = lay_out_told(told, tongue)
    if output.suffix == ".svg":
        output.write_text(svg(picture, theme=theme or "auto"), encoding="utf-8")
    else:
        from kweek.pixels import MOST, png, without_picture, zoom_of

        zoom, drawn = zoom_of(picture.width, picture.height), svg(picture, theme=theme or "light")
        output.write_bytes(png(drawn, zoom))
        if boxes := without_picture(drawn):
            looked()
            _say_boxes(boxes)
        if zoom < zoom_of(1, 1):
            looked()
            much = f"{MOST // 1_000_000} million pixels"
            say(f"The flow is so large that it is drawn smaller, to have {much}; a .svg is sharp at any size.")
    looked()
    say(f"{output}: {picture.width} × {picture.height}")


def _say_boxes(boxes: Sequence[str]) -> None:
    more = f" and {len(boxes) - _BOXES} more" if len(boxes) > _BOXES else ""
    say(f"No font here has a picture of {' '.join(boxes[:_BOXES])}{more}: boxes stand in their place.")
    say("A .svg is drawn with the fonts of whoever opens it.")
