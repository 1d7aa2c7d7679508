"""Does every condition decide something? One that is never true, or only where a line above it is, moves nobody; one
that is always true asks nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import takewhile

from kweek.flow.conditions import parse_condition
from kweek.flow.conditions.schema import FieldType, Schema
from kweek.flow.conditions.tree import Compare, Constant, Field, Items, Join, Node, walk
from kweek.flow.conditions.worlds import idle
from kweek.flow.lint.names import Names, start_data
from kweek.flow.lint.report import Report
from kweek.flow.model import Choose, Flow
from kweek.flow.problems import Located


def check_decides(flow: Flow, names: Names, report: Report, misread: Collection[int]) -> None:
    """misread: lines of which something is said already; conditions that stand there cannot be weighed."""
    wrong = {*misread, *(problem.line for problem in report.problems)}
    schema = names.schema(start_data(flow, names))
    alone = [start.condition for start in flow.start] + [flow.goal.condition if flow.goal else None]
    for condition in alone:
        if condition and condition.value:
            _lines([condition], schema, report, wrong, in_choose=False)
    for step in flow.walk():
        if isinstance(step, Choose):
            above = takewhile(lambda line: not line.is_else, step.branches)  # what stands below else, has its message
            asked = [line.condition for line in above if line.condition]
            _lines(asked, schema, report, wrong, in_choose=True)


def _lines(
    lines: Sequence[Located[str]], schema: Schema, report: Report, wrong: Collection[int], in_choose: bool
) -> None:
    if any(line.at.line in wrong or not line.value for line in lines):
        return
    trees = [parse_condition(line.value).tree for line in lines]
    found = idle(trees, schema)
    for number in found.never:
        fix = _mends(trees[number], schema)
        why = "; ".join(("no lead can be all that it asks for", *_bounds(trees[number], schema)))
        report.error(lines[number].at, "never-true", "This condition is never true", why, fix)
    first = min(found.always, default=len(lines))
    if first < len(lines) and first not in found.shadowed:
        what = "This condition is always true"
        why = "; ".join(("whatever a lead is, it asks nothing of it", *_bounds(trees[first], schema)))
        fix = f"Ask what only some leads are, or {'make it the last line: “else: …”' if in_choose else 'take it away'}"
        report.error(lines[first].at, "always-true", what, why, fix)
    halves = {number: half for number, tree in enumerate(trees) if (half := _spare_half(tree, schema)) is not None}
    for number, half in halves.items():
        if number not in (*found.never, *found.always, *found.known, *found.shadowed):
            what, why = "A part of this condition is always true", "whatever a lead is, it asks nothing of it"
            fix = _none_of(half) or "Take it away, or ask what only some leads are"
            report.error(lines[number].inside(half.offset), "always-true", what, why, fix)
    for number in found.known:
        what = "This condition is true of every value that is known"
        why = "; ".join(("it only asks whether it is known", *_bounds(trees[number], schema)))
        fix = asks_less(trees[number], schema)
        report.warning(lines[number].at, "true-if-known", what, why, fix)
    for number in found.shadowed:
        if number < first:
            above = next((n for n in range(number) if idle([trees[n], trees[number]], schema).shadowed), None)
            _shadowed(lines[number], lines[above] if above is not None else None, report)


def _spare_half(tree: Node, schema: Schema) -> Node | None:
    """Of all that must be true, a part that always is, or is of whatever is known: `count("clicked") > -1 and …`,
    `… and (lead.profile != "A" or lead.profile != "B")`."""
    parts = tree.parts if isinstance(tree, Join) and tree.every else ()
    return next((part for part in parts if isinstance(part, Compare | Join) and _asks_nothing(part, schema)), None)


def _none_of(part: Node) -> str:
    """`a != "A" or a != "B"`: neither of them, if that is what was meant."""
    texts: dict[str, list[str]] = {}
    for one in part.parts if isinstance(part, Join) and not part.every else ():
        match one:
            case Compare(operators=("!=",), operands=(Field(path=path), Constant(value=str(text)))):
                texts.setdefault(path, []).append(f'"{text}"')
            case _:
                return ""
    if len(texts) != 1:
        return ""
    ((path, said),) = texts.items()
    return f"Write {path} not in [{', '.join(said)}]"


def _asks_nothing(part: Node, schema: Schema) -> bool:
    found = idle([part], schema)
    return bool(found.always or (isinstance(part, Join) and found.known))


def asks_less(tree: Node, schema: Schema) -> str:
    """Instead of one that is true of all that is known."""
    match tree:
        case Compare(operators=(sign,), operands=(Field(path=path), Constant() | Items())):
            kind = _ends(tree, schema).get(path)
            if kind and kind.most is not None and sign in ("<", "<="):
                return f"Write {path} < {kind.most}, or a lower number — or known({path}) if you mean that"
            if kind and kind.least is not None and sign in (">", ">="):
                return f"Write {path} > {kind.least}, or a higher number — or known({path}) if you mean that"
            return f"Keep those that you mean — or write known({path}) if you mean that"
        case _:
            return "Write known(…) if you mean that; else “and” between the two, or not in […]"


def _mends(tree: Node, schema: Schema) -> str:
    """Where one half of it asks for more than there is, no `or` helps."""
    for part in tree.parts if isinstance(tree, Join) and tree.every else (tree,):
        match part:
            case Compare(operators=(sign,), operands=(Field(path=path), Constant())):
                wants_more = sign in (">", ">=")
            case Compare(operators=(sign,), operands=(Constant(), Field(path=path))):
                wants_more = sign in ("<", "<=")
            case _:
                continue
        kind = _ends(part, schema).get(path)
        if kind and idle([part], schema).never:
            if wants_more:
                return f"{kind.most} is the highest {path}: write {path} >= {kind.most}, or a lower number"
            return f"{kind.least} is the lowest {path}: write {path} <= {kind.least}, or a higher number"
    return "Write or where one of them is enough, or take the line away"


def _ends(tree: Node, schema: Schema) -> dict[str, FieldType]:
    """The numbers that are asked for, of which it is known from where to where they run."""
    fields = dict.fromkeys(node.path for node in walk(tree) if isinstance(node, Field))
    kinds = ((path, schema.fields.get(path)) for path in fields)
    return {path: kind for path, kind in kinds if kind and kind.most is not None}


def _bounds(tree: Node, schema: Schema) -> list[str]:
    """From where to where the numbers run that are asked for, where they do."""
    return [f"{path} runs from {kind.least} to {kind.most}" for path, kind in _ends(tree, schema).items()]


def _shadowed(line: Located[str], above: Located[str] | None, report: Report) -> None:
    """above: the one line that takes all its leads, where it is one."""
    if above is None:
        why, fix = "those for whom it is true are gone by the lines above it", "Move it up, or take it away"
    elif above.value == line.value:
        why, fix = f"line {above.at.line} asks the same", "Take one of the two away, or ask something else here"
    else:
        why = f"whenever it is true, line {above.at.line} is true as well, and is asked first"
        fix = f"Move it above line {above.at.line}, or take it away"
    report.error(line.at, "shadowed-line", "This line never decides", why, fix)
