"""Which share of the leads does what? A mix: `opened 45%, bounced 4%, answered 25%`.

What a mail, a call, a handover or a task comes to: of each, what the mix names has its share. The rest of the mails
finds no reaction; of calls, handovers and tasks see `people`. An own event (`quote.requested 5%`) is what a lead does
by itself, once. `profile B 25%` is who it is: the least points that make that grade.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from kweek.flow.plan import Call, Plan, Task
from kweek.flow.problems import did_you_mean
from kweek.flow.words import CALL, HANDOVER, LEAD_WIDE, MAIL
from kweek.flow.world import World
from kweek.rules.grades import PROFILES

MAIL_WORDS: Final = (*MAIL, "undelivered", *LEAD_WIDE, "unclear")
CALL_WORDS: Final = tuple(word for word in CALL if word != "blocked")
_LINE: Final = re.compile(r"(.+?)(?:\s*[:=]\s*|\s+|(?<=[^\W\d_]))([-+−]?[\d.,][\w.,+−-]*)\s*%")
_MAILS: Final = (("opened", 35), ("clicked", 8), ("answered", 12), ("bounced", 2), ("unsubscribed", 1))
_PROFILES: Final = (("A", 15), ("B", 25), ("C", 40), ("D", 20))
_OWN: Final = 2


class Mix(Struct, frozen=True):
    """Shares in per cent, in the order in which they were written."""

    lines: tuple[tuple[str, int], ...] = ()

    def of(self, words: Iterable[str]) -> tuple[tuple[str, int], ...]:
        """Its lines about these words."""
        known = set(words)
        return tuple(line for line in self.lines if line[0] in known)

    @property
    def own(self) -> tuple[tuple[str, int], ...]:
        """Its lines about own events."""
        return tuple(line for line in self.lines if "." in line[0])

    @property
    def profiles(self) -> tuple[tuple[str, int], ...]:
        """Grade and share."""
        return tuple((word.removeprefix("profile "), share) for word, share in self.lines if word in PROFILE_WORDS)

    def __str__(self) -> str:
        return ", ".join(f"{word} {share}%" for word, share in self.lines)


PROFILE_WORDS: Final = tuple(f"profile {grade}" for grade in PROFILES)


def usual(plan: Plan) -> Mix:
    """Where nobody says what people do: a mail is opened by a third, and each own event that the flow hears wherever
    the lead stands happens now and then."""
    own = tuple((event, _OWN) for event in _heard(plan))
    return Mix((*_MAILS, *own, *((f"profile {grade}", share) for grade, share in _PROFILES)))


def parse_mix(text: str, plan: Plan, world: World, events: Iterable[str] = ()) -> Mix:
    """Read what follows `--mix`. events: the own events there are. ValueError says what is wrong and what would be
    right."""
    words = _words_of(plan, world, events)
    lines: dict[str, int] = {}
    for part in (part.strip() for part in text.split(",")):
        match = _LINE.fullmatch(part)
        if match is None:
            raise ValueError(f"“{part}” is no line of a mix; write what happens and its share: opened 45%")
        word = match[1]
        if not any(word in some for some in words.values()):
            known = tuple(word for some in words.values() for word in some)
            raise ValueError(f"“{word}” is not something that people do. {did_you_mean(word, known)}".strip())
        if word in lines:
            raise ValueError(f"“{word}” is in the mix twice; write it once, with its whole share")
        lines[word] = _share(match[2])
    for what, some in words.items():
        total = sum(share for word, share in lines.items() if word in some and "." not in word)
        if total > 100:
            raise ValueError(f"{what} makes {total}% together; make it 100% or less")
    return _completed(Mix(tuple(lines.items())), plan)


def _share(text: str) -> int:
    if not re.fullmatch(r"\d{1,7}", text):
        raise ValueError(f"“{text}%” is no share; write a whole number from 0 to 100: 45%")
    if int(text) > 100:
        raise ValueError(f"“{text}%” is more than all of them; write 100% or less")
    return int(text)


def _completed(mix: Mix, plan: Plan) -> Mix:
    """With what is usual, where it says nothing of mails, of own events, or of who the leads are."""
    more = usual(plan)
    lines = list(mix.lines)
    for said, others in (
        (mix.of(MAIL_WORDS), more.of(MAIL_WORDS)), (mix.own, more.own), (mix.of(PROFILE_WORDS), more.of(PROFILE_WORDS)),
    ):  # fmt: skip
        lines += () if said else others
    return Mix(tuple(lines))


def _words_of(plan: Plan, world: World, events: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """What may stand in a mix, by what must make 100% or less."""
    steps = [step for one in {**world.plans, plan.flow: plan}.values() for step in one.steps.values()]
    outcomes = {line.event for step in steps if isinstance(step, Call) for line in step.when if "." not in line.event}
    asked = {outcome for step in steps if isinstance(step, Task) for outcome in step.outcomes}
    return {
        "What happens to a mail": MAIL_WORDS,
        "What a call comes to": (*CALL_WORDS, *sorted(outcomes - {*CALL, "else", "attempted"})),
        "What a handover comes to": HANDOVER,
        "What a task comes to": tuple(sorted(asked)),
        "Who the leads are": PROFILE_WORDS,
        "What leads do by themselves": tuple(dict.fromkeys((*events, *_heard(plan)))),
    }


def _heard(plan: Plan) -> tuple[str, ...]:
    """The own events that it hears wherever a lead stands."""
    return tuple(dict.fromkeys(line.event for line in plan.whenever if "." in line.event))
