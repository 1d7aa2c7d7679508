"""Does every way lead somewhere, and is every step on one? Targets, ends, reach."""

from __future__ import annotations

from kweek.flow.lint.graph import NOWHERE, OUT, Graph, Node, leaves_open
from kweek.flow.lint.names import Names
from kweek.flow.lint.report import Report
from kweek.flow.model import ENDINGS, Choose, End, Flow, Go, Next, Target, ToFlow, ToPath, targets
from kweek.flow.problems import did_you_mean, nearest

# --- targets --------------------------------------------------------------------------------------


def check_targets(flow: Flow, names: Names, report: Report) -> None:
    """Every path and flow that is named exists; where a flow may refuse the lead, `then` decides."""
    paths = ("steps", *(path.name.value for path in flow.paths))
    for step in flow.walk():
        for target in targets(step):
            _exists(target, paths, names, report)
            then = step.then if isinstance(step, Go) and target is step.target else None
            if isinstance(target, ToFlow) and then is None:
                _refusal(target, flow, names, report, in_go=isinstance(step, Go))
    for target in (*(line.target for line in flow.whenever), *((flow.goal.target,) if flow.goal else ())):
        _exists(target, paths, names, report)
        match target:
            case Next(at=at):
                why = "this line holds anywhere in the flow, so no step comes after it"
                report.error(at, "next-of-nothing", "“next” has no meaning here", why, "Name a path or an ending")
            case ToFlow():
                _refusal(target, flow, names, report, in_go=False)
            case _:
                pass


def _exists(target: Target, paths: tuple[str, ...], names: Names, report: Report) -> None:
    match target:
        case ToPath(name=name, at=at) if name not in paths:
            fix = did_you_mean(name, (*paths, *ENDINGS, "next"))
            if nearest(name, (*paths, *ENDINGS, "next")) is None and name in names.flows:
                fix = f"To send the lead to the flow of that name, write: flow {name}"
            report.error(at, "unknown-target", f"There is no path “{name}” in this flow", "", fix)
        case ToFlow(flow=name, at=at) if name not in names.flows:
            fix = did_you_mean(name, names.flows)
            if name in paths:
                fix = f"To go to the path of that name, leave out “flow”: {name}"
            report.error(at, "unknown-flow", f"There is no flow “{name}”", "", fix)
        case _:
            pass


def _refusal(target: ToFlow, flow: Flow, names: Names, report: Report, in_go: bool) -> None:
    reentry = names.flows.get(target.flow)
    if reentry is None or reentry.rule == "always":
        return
    rule = {"never": "only once", "after": "only after a while", "per": "once per value"}[reentry.rule]
    fix = (
        "Add “then: done” (or another target) to this go"
        if in_go
        else f"Write a list: “- go: flow {target.flow}” with “then: done” below it, or give that flow “reentry: always”"
    )
    why = f"it lets a lead in {rule}, and nothing says what then"
    report.error(target.at, "flow-without-then", f"“flow {target.flow}” may refuse the lead", why, fix)


# --- ends -----------------------------------------------------------------------------------------


def check_ends(graph: Graph, report: Report) -> None:
    """No list runs out with the lead still on it."""
    for node in graph.nodes:
        loose = [edge for edge in node.edges if edge.to == NOWHERE]
        said = next((edge for edge in loose if edge.said), None)
        if said is not None and node.below == NOWHERE:
            report.error(
                said.at,
                "next-of-nothing",
                "“next” stands on the last step",
                "nothing comes after it",
                "Name a path or an ending, or add a step below",
            )
        if isinstance(node.step, Choose) and leaves_open(node.step):
            why = "who fits no line would stay for ever"
            report.error(
                node.step.at, "choose-without-else", "This choose has no else", why, "Add “- else: …” as its last line"
            )
        elif any(not edge.said for edge in loose):
            report.error(node.step.at, "way-without-end", *_runs_out(node))


def _runs_out(node: Node) -> tuple[str, str, str]:
    where = f"of the path “{node.path}”" if node.path and node.path != "steps" else "of this list"
    why = "a lead that comes here would stay for ever"
    match node.step.verb:
        case "wait" | "send" | "call" | "task" if node.timed:
            what = (
                f"This {node.step.verb} is the last step {where}; nothing says where the lead goes when its time is up"
            )
            return what, why, "Add “otherwise: …” with a path or an ending, or a go or an end below"
        case "go":
            what = f"This go is the last step {where}, and nothing says where the lead goes after the last time"
            return what, why, "Add “then: …” with a path or an ending"
        case verb:
            what = f"The way ends in the air: {verb} is the last step {where}"
            return what, why, "Add a step “- end: done” (or a go) below it"


# --- reach ----------------------------------------------------------------------------------------


def check_reach(flow: Flow, graph: Graph, report: Report) -> None:
    """Every path and every step can be come to. What only a lost path leads to is not reported again."""
    reached = graph.reach([root.to for root in graph.roots])
    lost = [path for path in flow.paths if not _touched(graph, path.name.value, reached)]
    heads = {path.name.value: graph.heads[path.name.value] for path in lost}
    covered: set[int] = set(reached)
    after_others = {
        name
        for name, head in heads.items()
        for other, start in heads.items()
        if other != name and head in graph.reach([start]) and start not in graph.reach([head])
    }
    for path in (*(p for p in lost if p.name.value not in after_others), *lost):
        head = heads[path.name.value]
        if head in covered:
            continue
        covered |= graph.reach([head])
        name = path.name.value
        report.error(
            path.name.at,
            "unreached-path",
            f"Nothing leads to the path “{name}”",
            "no lead will ever come there",
            f"Name it as a target somewhere (go: {name}), or take it away",
        )
    for above, node, at in _rows(graph):
        if at not in covered and above in reached:
            step = graph.nodes[above].step
            report.error(
                node.step.at,
                "unreached-step",
                f"No lead ever comes to this {node.step.verb}",
                f"the {step.verb} above it (line {step.at.line}) always leads elsewhere",
                _leads_on(step.verb, isinstance(step, End)),
            )


def _leads_on(verb: str, ends: bool) -> str:
    if ends or verb == "go":
        return "Take this step away, or move it above"
    return "Take this step away, or let one line above say “next”"


def _touched(graph: Graph, path: str, reached: set[int]) -> bool:
    head = graph.heads[path]
    return head in reached or head < 0


def _rows(graph: Graph) -> list[tuple[int, Node, int]]:
    """Each step that stands below another one: (the one above, itself, its number)."""
    return [(number, graph.nodes[node.below], node.below) for number, node in enumerate(graph.nodes)
            if node.below not in (OUT, NOWHERE) and node.below == number + 1]  # fmt: skip
