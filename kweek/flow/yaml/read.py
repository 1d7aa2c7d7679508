"""What does this YAML text say, and where? A tree of texts with positions; whatever could be misread is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from kweek.flow.problems import Position
from kweek.flow.yaml.build import Builder
from kweek.flow.yaml.dashes import mend_dashes
from kweek.flow.yaml.fences import mend_fences
from kweek.flow.yaml.letters import decoded
from kweek.flow.yaml.lookalikes import mend_lookalikes
from kweek.flow.yaml.sheet import Sheet, Trap
from kweek.flow.yaml.tree import Items, Node, Pairs, Text, Tree

_MOST_MENDS: Final = 25  # each is another reading, so fewer in a long file
_FEW_MENDS: Final = 3
_WIDER_TABS: Final = (4, 8)
_LONG: Final = 32 * 1024
_NO_CHARACTER: Final = re.compile(r"\\U(?!0010|000[0-9A-Fa-f])[0-9A-Fa-f]{8}")
_QUESTION: Final = re.compile(r"(?<=[^\W_])\?(?=[\s,}])")
"""A question mark behind a word, at which only the pure scanner believes that the text ends, inside { }."""


def read_yaml(
    source: str | bytes,
    file: str,
    *,
    pure: bool = False,
    about: str = "This file",
    keys: str = "",
    slips: Sequence[Trap] = (),
) -> Tree:
    """Read one mapping. Raises nothing. pure: without libyaml, whose answers are the same, slower. about: what it is;
    keys: those that it must have. slips: what is mended in it before it is read.
    """
    tree = _read(source, Sheet(file), pure, about, keys, slips)
    if not tree.tabbed or tree.unspoilt:
        return tree
    others = (_read(source, Sheet(file, tab), pure, about, keys, slips) for tab in _WIDER_TABS)
    # where no width makes sense of it, the rest is not spoken of before the tabs are gone
    return next((other for other in others if other.unspoilt), tree.of_tabs_alone)


def lines_of(source: str | bytes, slips: Sequence[Trap] = ()) -> list[str]:
    """The lines of a file, with these slips mended. Empty: it cannot be read at all."""
    sheet = Sheet("")
    sheet.lines = (decoded(source, sheet) or "").split("\n")
    for slip in slips:
        sheet.mend(slip)
    return sheet.lines


def stumbles(lines: Sequence[str]) -> int | None:
    """The line (from 0) in which YAML cannot read on; None: it reads them all. Quick, where libyaml is there."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for _ in yaml.parse("\n".join(lines), Loader=loader):
            pass
    except yaml.MarkedYAMLError as error:
        return error.problem_mark.line if error.problem_mark else 0
    except (yaml.YAMLError, ValueError, OverflowError):
        return 0
    return None


def _read(source: str | bytes, sheet: Sheet, pure: bool, about: str, keys: str, slips: Sequence[Trap]) -> Tree:
    """Once, with tabs of one width."""
    text = decoded(source, sheet)
    if text is None:
        return Tree(None, tuple(sheet.problems))
    sheet.lines = text.split("\n")
    for slip in slips:
        sheet.note(slip)
        sheet.mend(slip)
    if "```" in text or "~~~" in text:
        mend_fences(sheet)
    mend_lookalikes(sheet)
    mend_dashes(sheet)
    match _parsed(sheet, pure):
        case Pairs() as root:
            return Tree(root, tuple(sheet.problems), bool(sheet.tabbed))
        case None if not sheet.problems:
            sheet.add(
                Position(1, 1),
                "empty",
                f"{about} is empty.",
                "",
                f"Write its keys{keys and f' ({keys})'}, or delete the file.",
            )
        case Text() | Items() as root:
            what = f"{about} is {'a list' if isinstance(root, Items) else 'a text'}; it must be keys with values."
            fix = "Begin each line of the outermost level with a key and a colon, such as `title: Brochure request`."
            sheet.add(root.at, "not-a-mapping", what, "", fix)
        case None:
            pass
    return Tree(None, tuple(sheet.problems), bool(sheet.tabbed))


def _parsed(sheet: Sheet, pure: bool) -> Node | None:
    """The tree; where YAML cannot read on, the trap is named, mended, and the reading begun again."""
    from yaml import YAMLError

    for _ in range(_MOST_MENDS if sum(map(len, sheet.lines)) < _LONG else _FEW_MENDS):
        try:
            try:
                return Builder(sheet).build(_events(sheet, pure))
            except YAMLError as first:
                # a second look by the pure parser: one wording and one place for every trap, with or without libyaml
                error = first if pure else _pure_error(sheet)
        except (ValueError, OverflowError):
            _refuse_escape(sheet)
            return None
        if error is None:
            pure = True
        elif not _mended(sheet, error):
            return None
    return None


def _mended(sheet: Sheet, error: Exception) -> bool:
    from kweek.flow.yaml.traps import explain  # only who meets a trap pays for looking for them

    return explain(sheet, error)


def _refuse_escape(sheet: Sheet) -> None:
    """PyYAML's pure scanner has no words for an escape such as "\\UFFFFFFFF"."""
    place = Position(1, 1)
    for number, line in enumerate(sheet.lines):
        if found := _NO_CHARACTER.search(line):
            place = sheet.place(number, found.start())
            break
    fix = "Write the character itself, or put the text in single quotes."
    sheet.add(place, "yaml", "This \\ begins an escape that stands for no character.", "", fix)


def _events(sheet: Sheet, pure: bool) -> Iterator[Any]:
    import yaml

    fast = getattr(yaml, "CSafeLoader", None)
    return yaml.parse("\n".join(sheet.lines), Loader=yaml.SafeLoader if pure or fast is None else fast)


def _pure_error(sheet: Sheet) -> Exception | None:
    """ValueError and OverflowError: an escape that the pure scanner stumbles over."""
    import yaml

    try:
        for _ in yaml.parse(_QUESTION.sub(".", "\n".join(sheet.lines)), Loader=yaml.SafeLoader):
            pass
    except yaml.YAMLError as error:
        return error
    return None
