"""In which words? Whoever wants a picture brings a tongue; this is what it must be able to do."""

from __future__ import annotations

import re
from typing import Final, Protocol

from kweek.flow.duration import Duration
from kweek.flow.moment import Moment
from kweek.flow.problems import Located

_GAP: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_TAGS: Final = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_PATH: Final = re.compile(r"[a-z_]\w*(?:\.\w+)+")


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


def event_words(say: Say, kind: str) -> str:
    """An event, within a sentence; one of the workspace's as its author calls it, else by its name."""
    return say.maybe(f"picture.when.{kind}", say.maybe(f"event.{kind}", kind.replace(".", " ").replace("_", " ")))


def field_words(say: Say, path: str) -> str:
    """A fact by what it is called, not by its path: `lead.contract_end`, “contract end”."""
    return say.maybe(f"field.{path}", say("field.own", name=_last(path)))


def title_words(say: Say, title: str) -> str:
    """A text with gaps that are filled in for each lead: `Call {{ company.name or lead.name }}`, `Call [company]`."""
    return _TAGS.sub("", _GAP.sub(lambda gap: f"[{_gap_words(say, gap[1])}]", title)).strip()


def _gap_words(say: Say, filled: str) -> str:
    path = _PATH.search(filled)
    return say.maybe(f"gap.{path[0]}", say.maybe(f"field.{path[0]}", _last(path[0]))) if path else "…"


def _last(path: str) -> str:
    return path.rpartition(".")[2].replace("_", " ")


def moment_words(say: Say, moment: Moment) -> str:
    """What follows “until”: `Monday 09:00`, `3 days before “contract end”`."""
    if moment.date_field is not None:
        date = field_words(say, moment.date_field)
        if moment.offset is None:
            return date
        side = "moment.before" if moment.before else "moment.after"
        return say(side, time=time_words(say, moment.offset), date=date)
    day = [] if moment.weekday is None else [say(f"day.{moment.weekday}")]
    clock = [] if moment.clock is None else [f"{moment.clock // 60:02}:{moment.clock % 60:02}"]
    return " ".join(day + clock)
