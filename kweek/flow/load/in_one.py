"""Which line of a step says what belongs on two? `wait: 5 days then go ending`, `go: ask 2 times`."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from kweek.flow.load.reader import Reader
from kweek.flow.words import ENDINGS
from kweek.flow.yaml import Pair, Pairs, Text

_THEN: Final = re.compile(r"(?P<length>.+?),? (?:and )?then (?:go(?: to)? |end )?(?P<to>(?:flow )?[a-z0-9-]+)")
_TIMES: Final = re.compile(
    r"(?P<to>[a-z0-9-]+),? (?:at[ _]most[: ] ?)?(?P<times>\d+)(?: times?| ?x)?"
    r"(?:,? (?:and )?then (?P<then>(?:flow )?[a-z0-9-]+))?"
)


def parted(reader: Reader, node: Pairs, verb: Pair, paths: Collection[str], *, follows: bool) -> tuple[Pairs, Pair]:
    """The step as if each stood on a line of its own; what is none of these as it is. follows: a step stands below it,
    to which no lead would come then."""
    said = verb.value if isinstance(verb.value, Text) else None
    beside = {pair.key.value for pair in node.pairs}
    if said is not None and verb.key.value == "wait" and (found := _THEN.fullmatch(said.value)):
        if found["to"] == "next" or not leads(found["to"], paths) or follows or "otherwise" in beside:
            return node, verb
        what, why = f"“{said.value}” says two things.", "Each step has a line of its own."
        step = f"- end: {found['to']}" if found["to"] in ENDINGS else f"- go: {found['to']}"
        reader.note(said.at, "duration", what, why, f"Write: - wait: {found['length']} — and below it: {step}")
        to = said._replace(value=found["to"], text_at=None)
        return _with(node, verb, found["length"], (Pair(verb.key._replace(value="otherwise"), to),))
    if said is not None and verb.key.value == "go" and (found := _TIMES.fullmatch(said.value)):
        if found["to"] not in {*paths, "steps"} or "at_most" in beside or (found["then"] and "then" in beside):
            return node, verb
        times = f"{found['times']} time{'' if found['times'] == '1' else 's'}"
        what, why = f"“{said.value}” says more than where it goes.", "How often has a line of its own."
        fix = f"Write: - go: {found['to']} — and below it: at_most: {times}"
        below = [Pair(verb.key._replace(value="at_most"), said._replace(value=times, text_at=None))]
        if then := found["then"]:
            fix += f", and then: {then}"
            below.append(Pair(verb.key._replace(value="then"), said._replace(value=then, text_at=None)))
        reader.note(said.at, "times", what, why, fix)
        return _with(node, verb, found["to"], tuple(below))
    return node, verb


def leads(to: str, paths: Collection[str]) -> bool:
    """Is it a target that there is?"""
    return to in paths or to in (*ENDINGS, "next", "steps") or to.startswith("flow ")


def _with(node: Pairs, verb: Pair, value: str, more: tuple[Pair, ...]) -> tuple[Pairs, Pair]:
    """With this behind the verb, and these beside it."""
    said = verb.value._replace(value=value, text_at=None) if isinstance(verb.value, Text) else verb.value
    right = Pair(verb.key, said)
    return Pairs((*(right if pair is verb else pair for pair in node.pairs), *more), node.at), right
