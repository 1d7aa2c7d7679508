"""A flow in the words of its author, what happens to a lead in it, and the story that comes of it: for tests.

A flow is YAML without `flow:` and `title:` (and without `start:` where it is `brochure.requested`). Several flows stand
one below the other, each below a line `=== name`. What happens is one line each: when, counted from the start, and
what: `2d3h clicked link=demo`. `bounced@news` names the mail, script or team that it is about; else it is the last to
which it can happen. `learns` and `points` change what is known of the lead, `pause` and `resume` a flow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from textwrap import dedent
from typing import Any

from kweek.flow.cases.run import find
from kweek.flow.compile import compile_flow
from kweek.flow.load.flow import load_flow
from kweek.flow.plan import Plan
from kweek.flow.simulate.life import Life
from kweek.flow.simulate.memory import Memory
from kweek.flow.simulate.story import EFFECTS
from kweek.flow.world import World
from tests.lives import MONDAY

MAILS = ("sent", "blocked", "undelivered")


def plans_of(text: str) -> list[Plan]:
    text = dedent(text).strip("\n")
    parts = text.split("=== ")[1:] if text.startswith("===") else [f"f\n{text}"]
    return [plan_of(*part.split("\n", 1)) for part in parts]


def plan_of(name: str, body: str) -> Plan:
    start = "" if re.search(r"(?m)^start:", body) else "start: brochure.requested\n"
    loaded = load_flow(f"flow: {name}\ntitle: T\n{start}{body}\n", f"flows/{name}.yaml")
    assert loaded.flow is not None, loaded.problems
    assert loaded.whole, loaded.problems
    return compile_flow(loaded.flow, f"v-{name}")


def live(
    flows: str,
    happens: str = "",
    start: str = "brochure.requested",
    data: Mapping[str, Any] | None = None,
    at: datetime = MONDAY,
    days: int = 200,
    lead: Mapping[str, Any] | None = None,
    **world: Any,
) -> Life:
    """Begin with `start`, let it happen, and let time pass. lead: what `Memory` is told of it."""
    plans = plans_of(flows)
    memory = Memory(World({plan.flow: plan for plan in plans}, **world), **{"lead": "lead", **(lead or {})})
    life = Life(memory, at)
    life.hear(at, start, data=data)
    for line in happens.splitlines():
        if line.strip():
            happen(life, *line.split())
    life.run(at + timedelta(days=days))
    return life


def happen(life: Life, when: str, what: str, *words: str) -> None:
    at = life.start + span(when)
    life.run(at)
    said = {name: value(life, text) for name, _, text in (word.partition("=") for word in words)}
    match what:
        case "learns":
            life.memory.fields.update({f"lead.{name}": known for name, known in said.items()})
        case "points":
            life.memory.points = type(life.memory.points)(**said)
        case "pause":
            life.memory.paused_flows.add(words[0])
        case "resume":
            life.memory.paused_flows.remove(words[0])
        case "unclear":
            life.memory.unclear.add(about(life, "opened"))
        case "enrol" | "unenrol" | "unsubscribed" | "complained" | "merged":
            return life.hear(at, what, None, said)
        case _ if "." in what:
            return life.hear(at, what, None, said)
        case _:
            kind, _, thing = what.partition("@")
            kind = kind if kind in ("call_back", "given_back") else kind.replace("_", " ")
            return life.hear(at, kind, about(life, kind, thing or None), said)
    return life.hear(at, "row.changed")  # a bell


def about(life: Life, kind: str, thing: str | None = None) -> str:
    found = find(life, kind, thing)
    assert found is not None, f"there is nothing to which {kind} could happen"
    return found.key


def value(life: Life, text: str) -> Any:
    """`+3d` is a moment, as an agreed call-back has it."""
    if text.startswith("+"):
        return (life.start + span(text[1:])).isoformat()
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text)
    return None if text == "unknown" else int(text) if text.isdigit() else text


def span(text: str) -> timedelta:
    found = re.fullmatch(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", text)
    assert found, f"{text} is no length of time"
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def story(life: Life) -> list[str]:
    """`7d sent survey`, in order; with the name of the flow where there are several."""
    return [line for _, line in sorted(_told(life), key=lambda row: row[0])]


def _told(life: Life) -> Iterator[tuple[tuple[datetime, int], str]]:
    flows, mails = dict[str, str](), dict[str, str]()
    several = len(life.memory.world.plans) > 1

    def told(at: datetime, rank: int, enrolment: str, words: str, why: Any = None) -> tuple[tuple[datetime, int], str]:
        of = f"{flows[enrolment]}: " if several else ""
        return (at, rank), f"{show(at - life.start)} {of}{words}" + (f" ({why})" if why else "")

    for at, entry in life.journal:
        detail = entry.detail
        match entry.kind, detail.get("effect"):
            case "started", _:
                flows[entry.enrolment] = str(detail["flow"])
            case "effect", "send_mail":
                mails[str(detail["key"])] = str(detail["what"])
            case "effect", effect:
                words = f"{EFFECTS[str(effect)]} {detail.get('what') or ''}"
                yield told(at, 1, entry.enrolment, words.rstrip())
            case "ended", _:
                yield told(at, 3, entry.enrolment, f"end {detail['result']}", detail.get("because"))
            case _:
                pass
    for event in life.memory.events:
        if event.kind in MAILS and event.ref in mails:
            of = event.ref.partition("/")[0]
            yield told(event.at, 2, of, f"{event.kind} {mails[event.ref]}", event.data.get("reason"))


def show(length: timedelta) -> str:
    hours, rest = divmod(int(length.total_seconds()) % 86_400, 3_600)
    minutes, seconds = divmod(rest, 60)
    parts = {"d": length.days, "h": hours, "m": minutes, "s": seconds}
    return "".join(f"{n}{unit}" for unit, n in parts.items() if n or unit == "d")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
