"""Can a lead become sales ready? The definition asks what there is, and somebody can find each of its facts out."""

from __future__ import annotations

from kweek.flow.catalogue import Line, SalesReadyLines
from kweek.flow.conditions import Condition
from kweek.flow.lint.asks import ask
from kweek.flow.lint.names import Names
from kweek.flow.lint.report import Report
from kweek.flow.problems import nearest
from kweek.rules.qualification import asks_itself
from kweek.rules.said import ROOT


def lint_sales_ready(lines: SalesReadyLines, names: Names, report: Report) -> None:
    for line in (*lines.needs, *lines.disqualified):
        condition = ask(line.condition, names, report)
        if condition and asks_itself(condition):
            asked = "sales ready" if "lead.sales_ready" in condition.names else "disqualified"
            what = f"The definition of sales ready asks whether the lead is {asked}"
            fix = 'Ask for facts: lead.profile in ["A", "B"]'
            report.error(line.condition.at, "asks-itself", what, "nobody could answer", fix)
        elif condition and line in lines.needs:
            _found_out(line, condition, names, report)
    _as_called(lines, names, report)
    _as_declared(lines, names, report)


def _as_called(lines: SalesReadyLines, names: Names, report: Report) -> None:
    """A need without a title of its own is called as its fact is; a misspelt one, by the misspelling."""
    needed = {line.word.value for line in lines.needs}
    for line in lines.needs:
        name = line.word.value
        if name in names.facts or line.title:
            continue
        if (meant := nearest(name, [fact for fact in names.facts if fact not in needed])) is not None:
            why = "people read it as it stands here, unless it has a title of its own"
            report.warning(line.word.at, "unknown-fact", f"There is no fact “{name}”", why, f"Write {meant}")


def _found_out(line: Line, condition: Condition, names: Names, report: Report) -> None:
    """A fact that no survey asks for, and that no colleague is said to find out, is never known of anybody."""
    for path in sorted(condition.names):
        fact = names.facts.get(path.removeprefix(ROOT)) if path.startswith(ROOT) else None
        if fact and not _asked_for(path, names) and "sales" not in fact.found_by:
            what, why = f"Nobody can find out {path}", "the need stays unknown, and no lead is ever sales ready"
            at = line.condition.inside(line.condition.value.find(path))
            fix = f"Let a question of a survey fill it (fills: {path}), or write at the fact: found_by: sales"
            report.warning(at, "nobody-finds-out", what, why, fix)


def _as_declared(lines: SalesReadyLines, names: Names, report: Report) -> None:
    """Is there a survey, where the author says that one finds it out? It is the script of a call, too."""
    for name, fact in lines.facts.items():
        said = [word for word in fact.found_by if word != "sales"]
        if said and not _asked_for(f"{ROOT}{name}", names):
            what = f"“{name}” is said to be found out by {' and '.join(said)}, and no survey asks for it"
            fix = f"Write at a question of a survey: fills: {ROOT}{name}"
            report.warning(fact.at, "nobody-asks", what, "", fix)


def _asked_for(path: str, names: Names) -> bool:
    """By a question that fills it, or nearly: that one is misspelt, it says itself."""
    known = [f"{ROOT}{name}" for name in names.facts]
    filled = (fact for survey in names.surveys.values() for fact in survey.fills)
    return any(path in (fact, None if fact in known else nearest(fact, known)) for fact in filled)
