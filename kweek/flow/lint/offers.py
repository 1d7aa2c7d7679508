"""What was probably meant by a name that there is not, and what else may stand in its place?"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from kweek.flow.lint.names import Names, event_meant
from kweek.flow.load.texts import ADDRESS
from kweek.flow.moment import Moment, is_day
from kweek.flow.problems import Located, did_you_mean, nearest
from kweek.flow.words import OWNERS

_CLOCK: Final = re.compile(r"\d{1,2}[:.]\d{2}")
_DECLARE: Final = "declare it below fields in rules/workspace.yaml"
_THE_LEAD: Final = ("lead", "customer", "contact", "prospect", "visitor", "klant")
_ALL_BUT: Final = 0.85  # how much of the two must be the same
_SENTENCE: Final = 3  # words; nobody is called by so many


def no_event(word: str, events: Collection[str], about: str) -> str:
    """The fix for an event that starts a flow. about: what the flow is called."""
    if word.startswith("flow "):
        return f"Other flows send their leads here by: - go: flow {about}. Write: manual"
    turned = [".".join(words) for words in (word.split(), word.split()[::-1])]
    meant = next((event for event in turned if event in events), None) or event_meant(word, events, about)
    if meant is None:
        return (
            f"{did_you_mean(word, events)} Or add it to rules/events.yaml" if events else "Add it to rules/events.yaml"
        )
    sure = nearest(word, events) is not None or "." not in word
    return f"Did you mean “{meant}”?" + ("" if sure else " Or declare it in rules/events.yaml")


def capacity_for_queue(said: str, queues: Mapping[str, int | None]) -> tuple[str, str, str] | None:
    """What, why and fix of `pace: 60 per day`: the number of calls stands with the queue. None: it is no such thing."""
    number = re.search(r"\d+", said)
    if number is None or not queues:
        return None
    right = [queue for queue, capacity in queues.items() if capacity == int(number[0])]
    fix = f"Write the name of one: {', '.join(right or queues)}"
    if not right:
        fix += f" — and in rules/teams.yaml, its capacity: {number[0]} per day"
    return f"“{said}” is how much a queue can take", "pace takes the name of a queue", fix


def hours_for_calendar(said: str, calendars: Collection[str]) -> tuple[str, str, str] | None:
    """What, why and fix of `send_hours: 09:00-17:30`. None: it is no such thing."""
    if not _CLOCK.search(said):
        return None
    there = ", ".join(sorted(calendars))
    fix = f"Write the name of one that has them: {there}. Or add one with these hours to rules/calendars.yaml"
    return f"“{said}” are hours, and no calendar", "send_hours takes the name of a calendar", fix


def missing_date(path: str, dates: Sequence[str]) -> tuple[str, str]:
    """What and fix, where a moment names a date that is no field."""
    if is_day(path):
        return f"“{path}” is one day for all leads", f"Name a date that each has of its own: {', '.join(dates)}"
    return f"There is no field {path}", no_date(path, dates)


def not_a_date(path: str, kind: object, dates: Sequence[str]) -> tuple[str, str]:
    """What and fix, where a moment names a field that is no date."""
    fix = f"Name a date or a moment instead: {', '.join(dates)}"
    if path.startswith("event."):
        fix += " — or declare it as one in rules/events.yaml"
    return f"{path} is {kind}, not a date", fix


def no_date(path: str, dates: Sequence[str]) -> str:
    """The fix for a date that is no field. dates: the fields that are one, as they have to be written."""
    root, _, last = path.rpartition(".")
    by_name = {name.rpartition(".")[2]: name for name in dates}
    near = by_name.get(last) or (nearest(path, dates) if root else by_name.get(nearest(last, by_name) or ""))
    own = [name for name in dates if name.startswith("event.")]
    words = {*last.split("_")} - {"on", "at", "date", "day", "end", "ends"}
    shares = [name for name in dates if words & {*name.rpartition(".")[2].split("_")}]
    likely = own if root == "event" or not (root or shares) else shares
    if last not in by_name and len(likely) == 1 and not (near is not None and _alike(last, near)):
        return f"Did you mean “{likely[0]}”?"
    if near is not None and (last in by_name or _alike(last, near)):
        return f"Did you mean “{near}”?"
    if path in (*OWNERS, "it"):
        return f"Name one of these: {', '.join(own or dates)}"
    if root not in ("", "lead"):
        return f"Did you mean “{near}”?" if near else f"There are: {', '.join(dates)}."
    if near is not None:
        return f"Did you mean “{near}”? Or {_DECLARE}: {last}: date"
    return f"{_DECLARE}: {last}: date — or name one of these: {', '.join(dates)}"


def with_until(fix: str, at: Located[object]) -> str:
    """The same, of a moment that lacks its “until” as well."""
    moment, near = at.value, fix.removeprefix("Did you mean “").partition("”")[0]
    if at.said is None or not isinstance(moment, Moment):
        return fix
    if near == fix:
        return f"{fix.removesuffix('.')} — and begin the wait with “until”"
    return f"Write: until {moment.offset} {'before' if moment.before else 'after'} {near}"


def no_field(name: str, kind: str, names: Names, owner: str = "") -> str:
    """The fix for a profile field that there is not. kind: the type that it should have. owner: what has to be written
    before it."""
    near = nearest(name, names.settable())
    if near is not None and _alike(name, near):
        return f"Did you mean “{owner}{near}”?"
    if near is not None:
        return f"Did you mean “{owner}{near}”? Or {_DECLARE}: {name}: {kind}"
    own = ", ".join(f"{owner}{field}" for field in names.fields)
    return f"{_DECLARE}: {name}: {kind}" + (f" — or name one of these: {own}" if own else "")


def no_colleague(name: str, names: Names, *, channels: bool) -> tuple[str, str, str]:
    """What, why and fix of somebody who is told something, or does it. channels: may it be one?"""
    teams, people = sorted(names.teams), sorted(names.people)
    others = sorted(names.channels) if channels else []
    kind = "person, role or channel" if channels else "person or role"
    what = f"There is no {kind} “{name}”"
    kinds = {"a role": ["owner", "manager"], "a person": people, "a team": teams, "a channel": others}
    *most, last = (f"{one} ({', '.join(words)})" for one, words in kinds.items() if words)
    can = f"{', '.join(most)} or {last}" if most else last
    if name.lower() in _THE_LEAD or name.startswith("lead."):
        why = "the lead is whom the flow is about; here stands a colleague"
        write = "To write to the lead, send a mail: - send: … Else name" if channels else "Name"
        return what, why, f"{write} {can}"
    first, _, rest = name.partition(" ")
    if channels and rest and first.rstrip(":,").lower() in ("owner", "manager", *people, *teams, *others):
        write = f"Write: tell: {first.rstrip(':,').lower()} — and below it: text: {rest}"
        return what, "those are words for somebody", write
    can_be = ("owner", "manager", *people, *teams, *others)
    near = nearest(name, can_be)
    if heads := [one for one in can_be if one.startswith(f"{name.lower()}-")]:  # `marketing` of `marketing-room`
        both = [*heads, *([near] if near and near not in heads and _alike(name, near, 0.7) else [])]
        return what, "", f"Write {' — or '.join(both)}" if len(both) > 1 else f"Did you mean “{heads[0]}”?"
    if near is not None and (near in name.lower().split() or _alike(name, near, 0.7)):
        return what, "", f"Did you mean “{near}”?"
    if channels and len(name.split()) > _SENTENCE:
        return what, "those are words for somebody", f"Write: tell: owner — and below it: text: {name}"
    return what, "", f"Write {can}. Or add it to rules/teams.yaml"


def no_address(address: str, names: Names) -> tuple[str, str, str]:
    """What, why and fix of somebody who is given a task by an address, theirs or one like it; or told something by
    half a one."""
    what, why = f"“{address}” is an address", "a task is given to somebody by name"
    if not ADDRESS.fullmatch(address):
        what, why = f"“{address}” is not an e-mail address", "no mail would get there"
    near = address.lower() if address.lower() in names.addresses else nearest(address.lower(), names.addresses)
    if near is None or (near != address.lower() and near.partition("@")[0] != address.lower().partition("@")[0]):
        can = ", ".join(("owner", "manager", *sorted(names.people), *sorted(names.teams)))
        return what, f"{why}, and nobody of rules/teams.yaml has this one", f"Write one of these: {can}"
    return what, why, f"Did you mean “{names.addresses[near]}”?"


def _alike(word: str, near: str, least: float = 0.75) -> bool:
    """Is it rather a letter or two than another word?"""
    from difflib import SequenceMatcher  # only when somebody mistyped

    return SequenceMatcher(None, word.lower(), near.rpartition(".")[2]).ratio() >= least


def no_tag(tag: str, tags: Collection[str]) -> str:
    """The fix for a tag that no step sets, where it is all but another: a letter, a sign, a capital. Empty: it is
    not, or is another one by its number."""
    from difflib import SequenceMatcher  # only for tags that nobody sets

    if tag in tags:
        return ""
    folded = {re.sub(r"[\W_]+", "", other.lower()): other for other in sorted(tags)}
    said = re.sub(r"[\W_]+", "", tag.lower())
    letters = re.sub(r"\d", "", said)
    alike = [
        (SequenceMatcher(None, said, other).ratio(), name)
        for other, name in folded.items()
        if other == said or letters != re.sub(r"\d", "", other)
    ]
    best, name = max(alike, default=(0.0, ""))
    return f"Did you mean “{name}”?" if best > _ALL_BUT else ""
