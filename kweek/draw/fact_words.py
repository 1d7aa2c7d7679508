"""How is said what a condition compares? Fields by their titles, texts bare where they are one word, dates as dates."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from kweek.draw.say import Say, field_words
from kweek.flow.conditions.run import word_of
from kweek.flow.conditions.tree import Constant, Field, Node

_BARE: Final = re.compile(r"[^\W\d_][\w+-]*")
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[T ].+)?")
_SMALL: Final = 10_000  # a year is written without a mark for thousands


class Facts:
    """Says them in one tongue."""

    def __init__(self, say: Say) -> None:
        self.say = say

    def field(self, path: str) -> str:
        """Whose it is, too, where it is not the lead's: “wish” (brochure)."""
        say, words = self.say, field_words(self.say, path)
        head, _, rest = path.partition(".")
        if head in ("lead", "today") or (head != "event" and say.maybe(f"field.{path}", "")):
            return words
        whose = rest.partition(".")[0] if head == "survey" else say.maybe(f"field.of.{head}", head)
        return say("field.whose", field=words, whose=whose)

    def constant(self, node: Constant, beside: str = "") -> str:
        """beside: the path of the field with which it is compared."""
        match node.value:
            case bool() as yes:
                return self.say("condition.true" if yes else "condition.false")
            case str() as text:
                day = _date(text)
                return self._text(text, beside) if day is None else self.say("condition.value", value=day)
            case number if isinstance(number, int) and abs(number) < _SMALL:
                return str(number).replace("-", "−")
            case number:
                return self.say("condition.value", value=number)

    def word(self, node: Node) -> str:
        """A name: of a mail, a link, a tag."""
        return self._text(word_of(node))

    def glob(self, glob: str) -> tuple[str, str]:
        """How a text must look: `*student*` contains “student”."""
        core = glob.strip("*")
        if not core or any(sign in core for sign in "*?["):
            return "fits", self.say("field.own", name=glob)
        kind = {(True, True): "contains", (True, False): "ends", (False, True): "begins", (False, False): "same"}
        return kind[glob.startswith("*"), glob.endswith("*")], self.say("field.own", name=core)

    def is_date(self, node: Node) -> bool:
        match node:
            case Field(path="today" | "handover.later_on"):
                return True
            case Constant(value=str() as text):
                return _date(text) is not None
            case _:
                return False

    def _text(self, text: str, beside: str = "") -> str:
        """In quotes unless it is one word, and none that means something where it stands: `known`, `yes`."""
        if beside == "lead.stage":
            text = self.say.maybe(f"stage.{text}", text)
        text = self.say.maybe(f"value.{beside}.{text}", text)
        bare = _BARE.fullmatch(text) and text.lower() not in self.say("condition.taken").split()
        return text if bare else self.say("field.own", name=text)


def _date(text: str) -> date | None:
    if not _ISO.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return None
