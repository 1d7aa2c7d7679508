"""Why can YAML not read on here? The trap by its name, the fix, and the line mended so that the rest can be read."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from kweek.flow.yaml.brackets import ends_within, never_closed, within_line
from kweek.flow.yaml.columns import between, too_deep, unindented
from kweek.flow.yaml.fences import cut_in_two
from kweek.flow.yaml.keys import glued, no_colon, no_key
from kweek.flow.yaml.lines import nearest_above
from kweek.flow.yaml.sheet import Sheet, Trap
from kweek.flow.yaml.values import in_value


def explain(sheet: Sheet, error: Any) -> bool:
    """Note what is wrong. error: PyYAML's. True: it is mended in the sheet, read again; False: the rest is lost."""
    stumbled = _Stumbled.of(error, len(sheet.lines) - 1)
    trap = _find(sheet.lines, stumbled)
    if trap is None:
        if not any(problem.code == "tab" for problem in sheet.problems):  # our own mending of it may be the reason
            what, fix = _plainly(stumbled.words)
            at = sheet.place(stumbled.line, stumbled.column)
            sheet.add(at, "yaml", what, "YAML cannot read on from here.", fix)
        return False
    if trap.code != "indentation" or trap.line not in sheet.tabbed:
        sheet.note(trap)
    return sheet.mend(trap)


class _Stumbled(NamedTuple):
    """Where YAML stumbled, and over what; what it was reading then, and since which line. Lines and columns from 0."""

    line: int
    column: int
    words: str
    context: str
    begun: int

    @classmethod
    def of(cls, error: Any, last: int) -> _Stumbled:
        """last: the last line that there is; an error at the end of the file may name the one below it."""
        context = getattr(error, "context_mark", None)
        where = getattr(error, "problem_mark", None) or context
        line = min(where.line if where else 0, last)
        begun = min(context.line, last) if context else line
        words, doing = getattr(error, "problem", None), getattr(error, "context", None)
        return cls(line, where.column if where else 0, str(words or ""), str(doing or ""), begun)


def _find(lines: list[str], stumbled: _Stumbled) -> Trap | None:
    line, begun, words, context = stumbled.line, stumbled.begun, stumbled.words, stumbled.context
    if trap := no_key(lines, line):
        return trap
    if trap := ends_within(lines, line, begun, context):
        return trap
    if "flow mapping" in context and begun == line and (trap := within_line(lines, line)):
        return trap
    above = nearest_above(lines, line)
    for number in dict.fromkeys((line, above, begun)):
        if number is not None and (trap := in_value(lines, number, "flow mapping" in context)):
            return trap
    if trap := never_closed(lines, line, begun, context):
        return trap
    if above is not None and (trap := glued(lines, above) or glued(lines, line)):
        return trap
    if trap := unindented(lines, begun):
        return trap
    if "could not find expected ':'" in words and (trap := no_colon(lines, begun)):
        return trap
    if "mapping values are not allowed" in words and above is not None:
        return too_deep(lines, line, above) or no_colon(lines, above)
    if "expected <block end>" in words or "document start" in words:
        if trap := cut_in_two(lines, line):
            return trap
        return between(lines, line)
    return None


# --- where no trap is known ---------------------------------------------------------------------------

_PLAINLY: Final = (
    ("found unknown escape character", "This \\ begins an escape that YAML does not know.",
     "Put the text in single quotes, or write \\\\ for a backslash."),
    ("unexpected end of stream", "A quote that was opened here is never closed.", "Close it at the end of the text."),
    ("expected ',' or '}'", "Inside { } something other than a comma or } follows here.",
     "Put the values in quotes, or write each key on a line of its own."),
    ("expected ',' or ']'", "Inside [ ] something other than a comma or ] follows here.",
     "Put the items in quotes, or close the list with ]."),
    ("expected the node content", "There is no value here.", "Put the text in quotes."),
    ("could not find expected ':'", "This line has no colon.", "Write a key, a colon and a space: `title: Brochure`."),
    ("mapping values are not allowed", "A colon is not possible here.",
     "Put the text in quotes, or begin the key on a line of its own, in the column of its neighbours."),
    ("sequence entries are not allowed", "A “- ” is not possible here.", "Begin the list on a line of its own."),
    ("document start", "Here something begins that does not belong to what stands above it.",
     "Begin it in the column of its neighbours."),
    ("expected <block end>", "This line does not belong to what stands above it.",
     "Begin it in the column of its neighbours; a list item begins with “- ”."),
    ("cannot start any token", "A text cannot begin with this character.", "Put the text in quotes."),
    ("incompatible YAML", "This version of YAML is not known.", "Leave out the line that begins with %."),
)  # fmt: skip


def _plainly(words: str) -> tuple[str, str]:
    """PyYAML's words for what is wrong as ours, with a fix."""
    for part, what, fix in _PLAINLY:
        if part in words:
            return what, fix
    return "This is no YAML that can be read.", "Compare it with the lines around it: colon, quotes, indentation."
