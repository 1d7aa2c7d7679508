"""Can what is said of a mail happen at all, where a wait or `whenever` listens? Some mail must have gone before. A
day that sales agrees on is known only behind a handover."""

from __future__ import annotations

from collections.abc import Iterable

from kweek.flow.lint.graph import Graph
from kweek.flow.lint.names import Names
from kweek.flow.lint.report import Report
from kweek.flow.model import Flow, Handover, Inline, Reaction, Send, Wait, targets_of, walk
from kweek.flow.words import MAIL

OF_MAILS = (*MAIL, "sent", "undelivered")


def check_before(flow: Flow, graph: Graph, names: Names, report: Report) -> None:
    """Each wait hears of the mails on the ways that lead to it; `whenever` of every mail of the flow."""
    sends = {n: node.step for n, node in enumerate(graph.nodes) if isinstance(node.step, Send)}
    behind = {n: graph.reach([n]) for n in sends}
    aside = {id(step) for step in _aside(flow)}
    everything = _Before(sends.values(), "in this flow", names)
    for number, node in enumerate(graph.nodes):
        if isinstance(node.step, Wait):
            before = [send for n, send in sends.items() if number in behind[n] or id(send) in aside]
            _check(node.step.when, _Before(before, "before this wait", names), everything, report)
    _check(flow.whenever, everything, everything, report)
    if flow.name.value not in names.handed:
        _check_handed(graph, report)


def _check_handed(graph: Graph, report: Report) -> None:
    """Each wait for the day that sales agreed on stands behind a handover."""
    handovers = [number for number, node in enumerate(graph.nodes) if isinstance(node.step, Handover)]
    anywhere = [root.to for root in graph.roots if root.event != "start"] if handovers else []
    behind = graph.reach([*handovers, *anywhere])
    for number in sorted(graph.reach([root.to for root in graph.roots]) - behind):
        step = graph.nodes[number].step
        field = step.until.value.date_field if isinstance(step, Wait) else None
        if isinstance(step, Wait) and field is not None and field.startswith("handover."):
            what, why = f"No lead has a “{field}” here", "sales says it when a handover ends, and none comes before"
            fix = "Move this wait behind a handover, or write how long it lasts: 7 days"
            report.warning(step.until.at, "nobody-said", what, why, fix)


def _aside(flow: Flow) -> Iterable[object]:
    """Steps of lists that leave the lead where it stands: their mails may have left before anything."""
    for line in flow.whenever:
        if isinstance(line.target, Inline):
            yield from walk(line.target.steps)
    if flow.goal and isinstance(flow.goal.target, Inline):
        yield from walk(flow.goal.target.steps)
    for step in flow.walk():
        for target in targets_of(step):
            if isinstance(target, Inline) and not isinstance(step, Wait | Send):
                yield from walk(target.steps)


class _Before:
    """The mails of some sends. where: which ones these are. One that is not there has its own message, and may be what
    was waited for."""

    def __init__(self, sends: Iterable[Send], where: str, names: Names) -> None:
        mails = [
            names.mails.get(share.mail.value) for send in sends for share in send.mails if share.mail.value is not None
        ]
        self.where, self.unsure = where, None in mails
        self.mails = [mail for mail in mails if mail is not None]
        self.links = {link for mail in self.mails for link in mail.links}

    def lacks(self, event: str, link: str | None) -> tuple[str, str] | None:
        """Why this cannot happen, and what to do."""
        if self.unsure:
            return None
        if not self.mails:
            return f"no mail is sent {self.where}", "Send one first, or name an event that can happen"
        if event == "answered" and not any(mail.survey for mail in self.mails):
            fix = "Write “survey: <name>” in the front matter of a mail, or use clicked"
            return f"no mail {self.where} has a survey", fix
        if link is not None and link not in self.links:
            return f"no mail {self.where} has this link", "Move this below the mail that has it, or name another link"
        return None


def _check(lines: Iterable[Reaction], before: _Before, flow: _Before, report: Report) -> None:
    for line in lines:
        event, link = line.event.value, line.link
        if event not in OF_MAILS or (link is not None and flow.mails and link not in flow.links):
            continue  # a link that no mail has has its own message
        if lacks := before.lacks(event, link):
            what = f"“{event} {link}” can never fire here" if link else f"“{event}” can never fire here"
            report.error(line.event.at, "never-fires", what, *lacks)
