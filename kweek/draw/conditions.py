"""How is a condition said? In words that one reads aloud: “profile is A or B, or “wish” (brochure) is call”.

Nothing may be read in two ways. Between whole statements stands `and`, or `or` with a comma; values in a list are
parted by `or` without one; what is joined within something else stands in brackets, and so does what is denied as a
whole.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from kweek.draw.fact_words import Facts
from kweek.draw.say import Say, event_words, time_words
from kweek.flow.conditions import ConditionError, parse_condition
from kweek.flow.conditions.run import word_of
from kweek.flow.conditions.shape import FUNCTIONS
from kweek.flow.conditions.tree import Ask, Compare, Constant, Field, Items, Join, Node, Not
from kweek.flow.duration import Duration, parse_duration

_MIRROR: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_AMOUNT: Final = {"<": "less", "<=": "most", ">": "more", ">=": "least", "==": "exactly", "!=": "other"}
_DATE: Final = {"<": "before", "<=": "until", ">": "after", ">=": "from"}
_BEST_IS_ONE: Final = {"<": "better", "<=": "best", ">": "worse", ">=": "worst"}


def condition_words(say: Say, text: str) -> str:
    """What cannot be read stays as its author wrote it."""
    try:
        tree = parse_condition(text).tree
        return _Speaker(say).truth(tree).words
    except (ConditionError, _Unsaid):
        return text


class _Unsaid(Exception):
    """A name that no lead can have: a text that lost its quotes, say. Words would hide the mistake."""


class _Said(Struct, frozen=True):
    """listed: it has an `or` of its own, so that whatever follows is kept off by a comma."""

    words: str
    listed: bool = False


class _Speaker:
    def __init__(self, say: Say) -> None:
        self.say, self.facts = say, Facts(say)

    # --- what is true or not ----------------------------------------------------------------------

    def truth(self, node: Node, so: bool = True) -> _Said:
        """so: that it is true; else that it is not."""
        match node:
            case Join():
                return self._joined(node) if so else self._denied(node)
            case Not(part=Not() | Join() as part):
                return self._denied(part) if so else self._denied(node)
            case Not(part=part):
                return self.truth(part, False) if so else self._denied(node)
            case Compare(operators=(sign,), operands=(left, right)):
                return self._compared(node, sign, left, right, so)
            case Compare(offset, operators, operands):  # 1 < x < 3
                pairs = zip(operators, operands, operands[1:], strict=False)
                chain = Join(offset, True, tuple(Compare(offset, (sign,), (a, b)) for sign, a, b in pairs))
                return self.truth(chain, so)
            case Ask():
                return _Said(self._asked(node, so))
            case Field(path=path):
                return _Said(self._field_alone(path, so))
            case _:
                always = isinstance(node, Constant) and node.value is so
                return _Said(self.say("condition.always" if always else "condition.never"))

    def _joined(self, join: Join) -> _Said:
        parts = [self._part(part, join.every) for part in _flat(join)]
        if not join.every:
            between = "condition.or"
        elif any(part.listed for part in parts):
            between = "condition.and.listed"
        else:
            between = "condition.and"
        return _Said(self.say(between).join(part.words for part in parts), not join.every)

    def _part(self, part: Node, every: bool) -> _Said:
        """Something joined within something joined stands in brackets."""
        said = self.truth(part)
        inner = isinstance(part, Join) or (isinstance(part, Compare) and len(part.operators) > 1)
        return _Said(f"({said.words})") if inner else said

    def _denied(self, node: Node) -> _Said:
        return _Said(self.say("condition.not", part=self.truth(node).words))

    def _field_alone(self, path: str, so: bool) -> str:
        key = f"truth.{path}" if so else f"truth.{path}.not"
        yes = self.say("condition.true" if so else "condition.false")
        return self.say.maybe(key, "") or self.say("condition.is", what=self._field(path), value=yes)

    # --- comparisons ------------------------------------------------------------------------------

    def _compared(self, node: Compare, sign: str, left: Node, right: Node, so: bool) -> _Said:
        if sign not in ("in", "not in") and _stands_behind(left, right):
            left, right, sign = right, left, _MIRROR.get(sign, sign)
        if sign in ("!=", "not in"):
            sign, so = ("==" if sign == "!=" else "in"), not so
        if sign in _MIRROR and not so:
            return self._denied(node)
        match sign, left, right:
            case "==", Field() | Ask(), Constant(value=bool() as yes) if _is_truth(left):
                return self.truth(left, so == yes)
            case "in", _, Items(items=items):
                return self._among(left, items, so)
            case "in", _, _:
                key = "condition.includes" if so else "condition.includes.not"
                return _Said(self.say(key, what=self._value(right), value=self._value(left)))
            case _, Ask(function="count" | "days_since" | "days_until"), Constant(value=int() as number) if (
                not isinstance(number, bool) and number >= 0
            ):
                return _Said(self._amount(sign if so else "!=", left, number))
            case _:
                return self._sized(sign, left, right) if sign in _MIRROR else _Said(self._is(left, right, so))

    def _is(self, left: Node, right: Node, so: bool) -> str:
        plain = isinstance(right, Constant) or right == Field(right.offset, "today")
        key = f"condition.{'is' if plain else 'same'}{'' if so else '.not'}"
        return self.say(key, what=self._value(left), value=self._value(right, left))

    def _among(self, left: Node, items: tuple[Node, ...], so: bool) -> _Said:
        if len(items) == 1:
            return _Said(self._is(left, items[0], so))
        if not all(isinstance(item, Constant) for item in items):
            each = tuple(Compare(left.offset, ("==" if so else "!=",), (left, item)) for item in items)
            return self._joined(Join(left.offset, not so, each))
        values, what = [self._value(item, left) for item in items], self._value(left)
        if not so:
            return _Said(
                self.say("condition.neither", what=what, values=self.say("condition.nor").join(values)), listed=True
            )
        either = self.say("step.or").join((", ".join(values[:-1]), values[-1]))
        return _Said(self.say("condition.is", what=what, value=either), listed=True)

    def _sized(self, sign: str, left: Node, right: Node) -> _Said:
        """Less, before, better: whatever suits what is compared."""
        if self.facts.is_date(left) or self.facts.is_date(right):
            word = _DATE[sign]
        elif isinstance(left, Field) and left.path == "lead.engagement":
            word = _BEST_IS_ONE[sign]
        else:
            word = _AMOUNT[sign]
        value = self.say(f"condition.{word}", value=self._value(right, left))
        return _Said(self.say("condition.is", what=self._value(left), value=value), word in ("best", "worst"))

    def _amount(self, sign: str, ask: Ask, number: int) -> str:
        """More than twice, less than 30 days ago."""
        say, (subject, *_) = self.say, ask.arguments
        if ask.function == "days_until" and number == 0:
            return self.truth(Compare(ask.offset, (sign,), (subject, Field(ask.offset, "today")))).words
        if ask.function == "count":
            times = say(f"condition.{_AMOUNT[sign]}", value=say("condition.times", count=number))
            return self._over(ask, "condition.count", event=self._event(ask), times=times)
        time = say(f"condition.{_AMOUNT[sign]}", value=time_words(say, Duration(number, "day")))
        if ask.function == "days_since":
            return say("condition.since", event=self._event(ask), time=time)
        return say("condition.days-until", time=time, date=self._value(subject))

    # --- functions --------------------------------------------------------------------------------

    def _asked(self, ask: Ask, so: bool) -> str:
        say, subject = self.say, ask.arguments[0]
        end = "" if so else ".not"
        match ask.function:
            case "happened":
                return self._over(ask, "condition.happened", end, event=self._event(ask))
            case "known":
                return say(f"condition.known{end}", what=self._value(subject))
            case "tagged":
                return say(f"condition.tagged{end}", tag=self.facts.word(subject))
            case "opened":
                return say(f"condition.opened{end}", mail=self.facts.word(subject))
            case "clicked":
                mail, *link = map(self.facts.word, ask.arguments)
                if link:
                    return say(f"condition.clicked.link{end}", mail=mail, link=link[0])
                return say(f"condition.clicked{end}", mail=mail)
            case _:
                kind, text = self.facts.glob(word_of(ask.arguments[-1]))
                return say(f"condition.text.{kind}{end}", what=self._value(subject), text=text)

    def _over(self, ask: Ask, key: str, end: str = "", **values: object) -> str:
        """Ever, or within a period before now."""
        _, *period = ask.arguments
        if not period:
            return self.say(f"{key}{end}", **values)
        time = time_words(self.say, parse_duration(word_of(period[0])))
        return self.say(f"{key}.within{end}", time=time, **values)

    def _event(self, ask: Ask) -> str:
        return event_words(self.say, word_of(ask.arguments[0]))

    # --- values -----------------------------------------------------------------------------------

    def _value(self, node: Node, beside: Node | None = None) -> str:
        """beside: the field with which it is compared, for its own words."""
        match node:
            case Field(path=path):
                return self._field(path)
            case Constant():
                return self.facts.constant(node, beside.path if isinstance(beside, Field) else "")
            case Ask(function="count"):
                return self._over(node, "condition.number", event=self._event(node))
            case Ask(function="days_since"):
                return self.say("condition.number.since", event=self._event(node))
            case Ask(function="days_until", arguments=(date,)):
                return self.say("condition.number.until", date=self._value(date))
            case _:
                return f"({self.truth(node).words})"

    def _field(self, path: str) -> str:
        if "." not in path and path != "today":
            raise _Unsaid(path)
        return self.facts.field(path)


def _flat(join: Join) -> list[Node]:
    """`(a and b) and c` is `a and b and c`."""
    found: list[Node] = []
    for part in join.parts:
        found += _flat(part) if isinstance(part, Join) and part.every == join.every else [part]
    return found


def _stands_behind(left: Node, right: Node) -> bool:
    """`180 < lead.x`, `today > lead.x`: it is said of the field."""
    return isinstance(left, Constant) or (left == Field(left.offset, "today") and isinstance(right, Field))


def _is_truth(node: Node) -> bool:
    return isinstance(node, Field) or (isinstance(node, Ask) and FUNCTIONS[node.function].gives == "yes/no")
