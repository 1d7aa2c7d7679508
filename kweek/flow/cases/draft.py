"""What is known of a lead, and when does it become known? With what people say, or from the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kweek.flow.cases.asked import gives, paths_of
from kweek.flow.cases.case import Given
from kweek.flow.cases.solve import Answer
from kweek.flow.facts import Fact
from kweek.flow.world import World

_ASKED: Final = ("survey.", "bant.", "lead.")


class Draft(Struct, frozen=True):
    """A life to be lived: what is known of the lead, and what people do. aim: the row that it is for. placed: what
    becomes known by something that people do, and is not known before."""

    aim: str = ""
    answer: Mapping[str, Fact] = {}
    given: tuple[Given, ...] = ()
    placed: frozenset[str] = frozenset()
    consent: bool = True

    @property
    def known(self) -> Answer:
        """From the start."""
        return {path: value for path, value in self.answer.items() if path not in self.placed}

    def without(self, paths: frozenset[str]) -> Draft:
        """As if nobody had thought of these facts yet."""
        if paths.isdisjoint(self.answer):
            return self
        given = tuple(
            replace(one, facts={path: value for path, value in one.facts.items() if path not in paths})
            for one in self.given
        )
        answer = {path: value for path, value in self.answer.items() if path not in paths}
        return replace(self, answer=answer, given=given, placed=self.placed - paths)


def placed(draft: Draft, answer: Answer, surveys: Sequence[str | None], world: World) -> Draft:
    """What a survey asks for comes with the answer to it, a reason with the rejection; all else, and what nobody was
    asked for, is known from the start. surveys: at hand at each thing given; None: nothing is asked there."""
    given, put = list(draft.given), set(draft.placed)
    for path, value in answer.items():
        if path in draft.answer:
            continue
        for n, one in reversed(list(enumerate(given))):
            if path.startswith(_ASKED) and surveys[n] is not None and gives(world, surveys[n], path, value):
                given[n] = replace(one, facts={**one.facts, path: value})
            elif path == "handover.reason" and one.kind == "rejected" and not isinstance(value, tuple):
                given[n] = replace(one, data={**one.data, "reason": value})
            else:
                continue
            put.add(path)
            break
    return replace(draft, answer=answer, given=tuple(given), placed=frozenset(put))


def raised(draft: Draft, world: World) -> int:
    """How many of the answers let an event happen, which may end the flow before anything else does."""
    raising = {
        (path, option)
        for name, page in world.asked.items()
        for question in page.questions
        for option in question.raises
        for path in paths_of(name, question)
    }
    return sum((path, value) in raising for path, value in draft.answer.items() if not isinstance(value, tuple))
