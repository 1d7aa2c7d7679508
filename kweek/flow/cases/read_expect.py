"""What shall happen, as a case says it? Every word is one of the story, and something that this flow does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kweek.flow.cases.case import Count, Ends, Expected
from kweek.flow.cases.read_facts import FactReader
from kweek.flow.cases.texts import day_meant, parse_after, parse_day, parse_number
from kweek.flow.lint.names import Names
from kweek.flow.meant import meant
from kweek.flow.model import ENDINGS
from kweek.flow.plan import Call, Handover, Plan, Send, Task
from kweek.flow.problems import Located, Position, did_you_mean, nearest
from kweek.flow.simulate.story import TOLD
from kweek.flow.yaml import Pair, Pairs

_NO_COMMA: Final = re.compile(r"(?P<day>day \d+)[:;]? +(?P<result>[a-z].*)")
_TURNED: Final = re.compile(r"(?P<result>[a-z][a-z -]*?),? (?:on|at|after|by) (?P<day>day \d+)")
_EXPECT: Final = ("day 7", "ends", "never", "after 60 days")


class ExpectReader(FactReader):
    def __init__(self, file: str, plan: Plan, names: Names | None) -> None:
        super().__init__(file, names)
        self.plan = plan
        self.nouns = nouns_of(plan)

    def expect(self, pair: Pair | None) -> tuple[tuple[Expected, ...], Ends | None, tuple[Count, ...]]:
        expected, counts, ends = list[Expected](), list[Count](), None
        for one in self.pairs(pair.value, pair.key, "day 7: send survey") if pair else ():
            match one.key.value:
                case "ends":
                    ends = self.ends(one)
                case "never":
                    expected += self._words(one, None)
                case key if key.startswith("day"):
                    when = self.keyed(one.key, parse_day, "moment")
                    expected += self._words(one, when.day) if when else ()
                case key if key.startswith("after"):
                    day = self.keyed(one.key, parse_after, "moment")
                    counts += self.counts(one, day) if day is not None else ()
                case key:
                    what, right = f"“{key}” is not something to expect.", day_meant(key)
                    if right and isinstance(one.value, Pairs):  # leads are counted
                        right = f"after {right.removeprefix('day ')} days"
                    fix = f"Did you mean “{right}”?" if right else did_you_mean(key, _EXPECT)
                    self.note(one.key.at, "unknown-key", what, "", fix)
        if pair and not (expected or counts or ends or self.problems):
            self.note(
                pair.key.at, "empty", "This test expects nothing.", "It could not fail.", "Say what shall happen."
            )
        return tuple(expected), ends, tuple(counts)

    def ends(self, pair: Pair) -> Ends | None:
        text = self.text(pair)
        if text is None:
            return None
        day: int | None = None
        result: str | None = None
        if (found := _NO_COMMA.fullmatch(text.value) or _TURNED.fullmatch(text.value)) and _is_result(found["result"]):
            what, fix = "A comma parts the day and the result.", f"Write ends: {found['day']}, {found['result']}"
            self.note(text.at, "ends", what, "", f"{fix}.")
            return None
        for part in (part.strip() for part in text.value.split(",")):
            if part.startswith("day ") and day is None:
                when = self.reread(Located(part, text.at, text.key), parse_day, "moment")
                day = when.value.day if when else None
            elif result is None and _is_result(part):
                result = part
                self._flow(part, text.inside(text.value.index(part)))
            else:
                fix = f"Write a day, a result ({', '.join(ENDINGS)}, flow <name>), or both: day 7, discard."
                if right := self._end_meant(part):
                    fix = f"Did you mean “{right}”?"
                    if part != text.value:
                        fix = f"Write ends: {text.value.replace(part, right)}."
                self.note(text.inside(text.value.index(part)), "ends", f"“{part}” is no way to end.", "", fix)
        return Ends(day, result, text.at)

    def _end_meant(self, part: str) -> str | None:
        """`longterm`, `discarded`, `14 days`."""
        if day := day_meant(part):
            return day
        bare = part.removeprefix("go ").removeprefix("to ").removeprefix("flow ")
        flow = nearest(bare, self.names.flows)
        return nearest(bare, ENDINGS) or (flow and f"flow {flow}")

    def _flow(self, result: str, at: Position) -> None:
        """Of `flow long-term`: is there such a flow?"""
        _, of_a_flow, name = result.partition("flow ")
        if of_a_flow and self.strict and name not in self.names.flows:
            self.note(at, "unknown-flow", f"There is no flow “{name}”.", "", did_you_mean(name, self.names.flows))

    def _words(self, pair: Pair, day: int | None) -> Iterator[Expected]:
        for text in self.texts(pair):
            if self._is_told(text):
                yield Expected(text.value, day, text.at)

    def _is_told(self, text: Located[str]) -> bool:
        kind, _, what = text.value.partition(" ")
        known = self.nouns.get(kind)
        if kind not in TOLD:
            fix = f"Write ends: day 7, {kind}." if kind in ENDINGS else did_you_mean(kind, TOLD)
            if done := next((verb for verb, nouns in self.nouns.items() if text.value in nouns), None):
                fix = f"Write: {done} {text.value}"
            *noun, verb = text.value.split()
            if noun and verb in TOLD and " ".join(noun) in (self.nouns.get(verb) or ()):
                fix = f"Write: {verb} {' '.join(noun)}"
            if meant(text.value, ("under way",)):
                fix = "Did you mean “under way”?"
            self.note(text.at, "expectation", f"“{text.value}” does not begin with something that happens.", "", fix)
        elif what and known is not None and what not in known:
            fix = did_you_mean(text.value, [f"{kind} {one}" for one in known]) or f"Nothing here does {kind}."
            self.note(text.at, "expectation", f"This flow never does “{text.value}”.", "", fix)
        else:
            return True
        return False

    def counts(self, pair: Pair, day: int) -> Iterator[Count]:
        for one in self.pairs(pair.value, pair.key, "under way: 0"):
            what = one.key.value
            told = what == "under way" or _is_result(what)
            self._flow(what, one.key.at)
            number = self.parsed(one, parse_number, "number")
            if number and (told or self._is_told(one.key.located)):
                least, most, share = number.value
                yield Count(day, what, least, most, share, one.key.at)


def _is_result(text: str) -> bool:
    return text in ENDINGS or text.startswith("flow ")


def nouns_of(plan: Plan) -> dict[str, tuple[str, ...]]:
    """What this flow sends, calls with, hands over to."""
    steps = plan.steps.values()
    mails = tuple(mail for step in steps if isinstance(step, Send) for mail, _ in step.mails if mail)
    tasks = (*(step.title for step in steps if isinstance(step, Task)), "Answer")
    return {
        "send": mails,
        "blocked": mails,
        "undelivered": mails,
        "call": tuple(step.script for step in steps if isinstance(step, Call)),
        "handover": tuple(step.team for step in steps if isinstance(step, Handover)),
        "task": (*tasks, "A mail could not be delivered"),
    }
