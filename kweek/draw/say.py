"""In which words? Whoever wants a picture brings a tongue; this is what it must be able to do."""

from __future__ import annotations

from typing import Protocol

from kweek.flow.duration import Duration
from kweek.flow.moment import Moment
from kweek.flow.problems import Located


class Say(Protocol):
    """A language, spoken: `kweek.words.Tongue` is one."""

    def __call__(self, key: str, **values: object) -> str:
        """The sentence of this key, with its `{values}` filled in."""
        ...

    def maybe(self, key: str, other: str) -> str:
        """The same; `other` where there is no such key: a word of the workspace's own."""
        ...


def time_words(say: Say, time: Duration) -> str:
    """`7 days`, `5 werkdagen`."""
    unit = f"time.{'business.' if time.business else ''}{time.unit}"
    return say(unit, count=time.amount)


def located_words(say: Say, time: Located[Duration]) -> str:
    """The same; of one that could not be read, what its author wrote."""
    return time_words(say, time.value) if time.said is None else wrong(say, time.said)


def wrong(say: Say, said: str) -> str:
    """The author's own words where they are a mistake."""
    return say("picture.wrong", text=said)


def moment_words(say: Say, moment: Moment) -> str:
    """What follows “until”: `Monday 09:00`, `3 days before lead.contract_end`."""
    if moment.date_field is not None:
        if moment.offset is None:
            return moment.date_field
        side = "moment.before" if moment.before else "moment.after"
        return say(side, time=time_words(say, moment.offset), date=moment.date_field)
    day = [] if moment.weekday is None else [say(f"day.{moment.weekday}")]
    clock = [] if moment.clock is None else [f"{moment.clock // 60:02}:{moment.clock % 60:02}"]
    return " ".join(day + clock)
