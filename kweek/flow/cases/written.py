"""How is a suggested case written? As an author would: its way in words for a name, and what people notice of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from kweek.flow.cases.case import Given, LeadGiven
from kweek.flow.cases.judge import has
from kweek.flow.cases.read_expect import nouns_of
from kweek.flow.cases.run import story_of
from kweek.flow.cases.suggest import Lived
from kweek.flow.facts import Fact
from kweek.flow.plan import Call, Plan, Send, Task, Wait
from kweek.flow.rows import GOAL, of_flow, row_in, rows_of
from kweek.flow.simulate.story import Told
from kweek.flow.state import Entry

_Told = Mapping[str, "_Told"] | tuple[str, ...] | Fact | None
_WIDTH: Final = 110
NOTICED: Final = ("send", "blocked", "undelivered", "call", "handover", "task", "tell", "webhook")
_LONG: Final = 60  # days: of a lead with whom nothing can be seen to happen
_LONG_NAME: Final = 12  # stations; the ones between are left out
_LONG_WORDS: Final = 40
_OPENS: Final = {"open_call_task": "call", "give_handover": "handover", "open_task": "task"}
_PLAIN: Final = re.compile(r"[A-Za-z0-9_][\w .+/()%→–€@-]*")
_NO_WORDS: Final = ("true", "false", "yes", "no", "null", "on", "off")


def written(lives: Iterable[Lived], plan: Plan, taken: Iterable[str] = (), indent: int = 2) -> str:
    """The items of a list of tests, each by itself. taken: names that are there already."""
    names, items = set(taken), list[str]()
    for lived in lives:
        name, again = name_of(lived, plan), 2
        while name in names:
            name, again = f"{name_of(lived, plan)} ({again})", again + 1
        names.add(name)
        lines = list(_item(lived, plan, name))
        items.append("\n".join(f"{' ' * indent}{line}".rstrip() for line in lines))
    return "\n\n".join(items) + ("\n" if items else "")


# --- the name ---------------------------------------------------------------------------------------


def name_of(lived: Lived, plan: Plan) -> str:
    """`opened but not filled in → call → interested → handover → won`."""
    rows = rows_of(plan)
    words = [said for _, entry in of_flow(plan.flow, lived.life.journal) if (said := _station(entry, plan, rows))]
    words = list(_once(words, 1))
    for length in (2, 3):
        words = list(_once(words, length))
    if len(words) > _LONG_NAME:
        words = [*words[: _LONG_NAME - 4], "…", *words[-3:]]
    return " → ".join(words) or "nothing happens"


def _once(words: list[str], length: int) -> Iterator[str]:
    """What follows itself again and again is said once: `handover → later → …`."""
    at = 0
    while at < len(words):
        part, times = words[at : at + length], 1
        while words[at + times * length : at + (times + 1) * length] == part:
            times += 1
        yield from part if times > 1 else words[at : at + 1]
        if times > 1 and length > 1:
            yield "…"
        at += times * length if times > 1 else 1


def _station(entry: Entry, plan: Plan, rows: Mapping[str, str]) -> str:
    detail, step = entry.detail, plan.steps.get(entry.step or "")
    match entry.kind:
        case "effect":
            return _OPENS.get(str(detail.get("effect")), "")
        case "reacted":
            row, event = row_in(entry) or "", str(detail.get("event"))
            said = rows.get(row, "")
            return "the goal" if row == GOAL else said if said.startswith(event) else event
        case "chose" if row := row_in(entry):
            return "for the last time" if row.endswith(" then") else _in_words(rows[row])
        case "ended":
            result = str(detail.get("result"))
            return f"flow {detail.get('because')}" if result == "moved" else result
        case "timed_out" if step is not None:
            match step:
                case Send():
                    return _no_more(step, str(detail.get("state") or "else"))
                case Call():
                    return "not reached in time" if detail.get("state") == "attempted" else "nobody calls"
                case Task():
                    return "nobody does it"
                case Wait(when=lines) if lines:
                    return "time is up"
                case _:
                    return ""
        case _:
            return ""


def _no_more(step: Send, state: str) -> str:
    answers = any(line.event == "answered" for line in step.when)
    said = {
        "opened": "opened but not filled in" if answers else "opened, no more",
        "clicked": "clicked but not filled in" if answers else "clicked, no more",
        "unclear": "nobody can know",
        "undelivered": "the mail never got through",
        "else": "no reaction",
    }
    return said.get(state, state)


def _in_words(condition: str) -> str:
    """`handover.reason in ["student", "competitor"]` is `reason in student, competitor`."""
    if condition == "else":
        return "otherwise"
    words = re.sub(r"\b[\w-]+\.(?=[a-z])", "", condition).replace("_", " ").replace("==", "is").replace("(", " ")
    words = re.sub(r"[\"')\[\]]", "", words)
    return words if len(words) <= _LONG_WORDS else f"{words[:_LONG_WORDS].rstrip(' ,')}…"


# --- the case ---------------------------------------------------------------------------------------


def _item(lived: Lived, plan: Plan, name: str) -> Iterator[str]:
    case = lived.case
    yield f"- name: {text(name)}"
    if case.data and plan.start and (event := next((one.event for one in plan.start if one.event), None)):
        yield f"  start: {{ {event}: {_flow(case.data)} }}"
    if lead := _lead(case.lead):
        yield from _pairs("lead", lead)
    if case.given:
        yield "  events:"
        yield from _events(sorted(case.given, key=lambda one: (one.when.day, one.when.plus)))
    yield "  expect:"
    yield from _expect(lived, plan)


def _lead(lead: LeadGiven) -> dict[str, _Told]:
    told = dict[str, _Told]()
    for word in ("profile", "engagement"):
        if (value := getattr(lead, word)) is not None:
            told[word] = value
    if lead.points:
        told["score"] = dict(lead.points)
    if lead.tags:
        told["tags"] = lead.tags
    if not lead.consent:
        told["consent"] = False
    for path, value in lead.fields.items():
        _put(told, path.removeprefix("lead.").split("."), value)
    return told


def _put(told: dict[str, _Told], path: list[str], value: Fact) -> None:
    """`company.size` below `company`, `survey.brochure.wish` two below `survey`."""
    name, *below = path
    if not below:
        told[name] = value
        return
    inside = told.get(name)
    branch: dict[str, _Told] = dict(inside) if isinstance(inside, Mapping) else {}
    _put(branch, below, value)
    told[name] = branch


def _events(given: list[Given]) -> Iterator[str]:
    moments = dict[str, list[Given]]()
    for one in given:
        moments.setdefault(str(one.when), []).append(one)
    for moment, together in moments.items():
        if len(together) == 1 and (one := together[0]).facts and len(_given(one)) > _WIDTH - 30:
            yield f"    {moment}:"
            yield f"      {one.kind}:"
            yield from (f"        {_question(path)}: {_flow(value)}" for path, value in one.facts.items())
        else:
            words = [_given(one) for one in together]
            yield f"    {moment}: {_one_or_more(words)}"


def _given(given: Given) -> str:
    if given.facts:
        return f"{{ {given.kind}: {_flow({_question(path): value for path, value in given.facts.items()})} }}"
    value = next(iter(given.data.values()), None)
    return text(given.kind) if value is None else f"{{ {text(given.kind)}: {_flow(value)} }}"


def _question(path: str) -> str:
    """Of the survey at hand its name is enough."""
    return path.rpartition(".")[2] if path.startswith("survey.") else path


def _expect(lived: Lived, plan: Plan) -> Iterator[str]:
    story, nouns = story_of(lived.life, plan), nouns_of(plan)
    days = dict[int, list[str]]()
    for told in story.told:
        if told.kind in NOTICED:
            days.setdefault(told.day, []).append(noticed(told, nouns))
    for day, words in days.items():
        shown = [text(word, inside=len(words) > 1) for word in words]
        yield f"    day {day}: {_one_or_more(shown)}"
    if story.end is not None and not lived.life.busy(plan.flow):  # one that goes round for ever was cut short
        yield f"    ends: day {story.end.day}, {story.end.what}"
    elif not days:
        yield f"    after {_LONG} days: {{ under way: {int(has(story, 'under way', _LONG))} }}"


def noticed(told: Told, nouns: Mapping[str, tuple[str, ...]]) -> str:
    """Where the machine itself asks, only the kind of thing."""
    known = nouns.get(told.kind)
    return str(told) if known is None or told.what in known else told.kind


# --- YAML -------------------------------------------------------------------------------------------


def _pairs(key: str, told: Mapping[str, _Told]) -> Iterator[str]:
    line = f"  {key}: {_flow(told)}"
    if len(line) <= _WIDTH:
        yield line
        return
    yield f"  {key}:"
    yield from (f"    {name}: {_flow(value)}" for name, value in told.items())


def _flow(value: _Told) -> str:
    match value:
        case Mapping():
            return "{ " + ", ".join(f"{name}: {_flow(one)}" for name, one in value.items()) + " }"
        case tuple():
            return "[" + ", ".join(map(_flow, value)) + "]"
        case bool():
            return "true" if value else "false"
        case datetime():
            return text(value.isoformat(), inside=True)
        case _:
            return text(str(value), inside=True)


def _one_or_more(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"[{', '.join(words)}]"


def text(words: str, inside: bool = False) -> str:
    """A text as YAML: plain where that is safe. inside: of `{ }` or `[ ]`, where a comma ends it."""
    plain = _PLAIN.fullmatch(words if inside else words.replace(",", "").replace("…", ""))
    if plain and words == words.strip() and words.lower() not in _NO_WORDS:
        return words
    return "'" + words.replace("'", "''") + "'"
