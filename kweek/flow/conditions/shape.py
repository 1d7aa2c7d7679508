"""Does a condition make sense, whatever fields there are? Truths stand where truths must, functions are asked right.

This is checked at parsing, before any field is known: what passes has closures that never fail.
"""

from __future__ import annotations

import re
from typing import Final, Literal, TypeGuard

from msgspec import Struct
from msgspec.structs import replace

from kweek.flow.conditions.alone import alone
from kweek.flow.conditions.capitals import whatever_its_capitals
from kweek.flow.conditions.globs import globs_meant, no_glob
from kweek.flow.conditions.refused import ConditionError
from kweek.flow.conditions.tree import Ask, Compare, Constant, Field, Items, Join, Node, Not, as_written
from kweek.flow.denied import denied
from kweek.flow.duration import parse_duration
from kweek.flow.meant import meant
from kweek.flow.moment import FIELD
from kweek.flow.problems import did_you_mean
from kweek.flow.words import BUILT_IN, is_event

Kind = Literal["text", "number", "date", "moment", "yes/no", "several", "any"]
Argument = Literal["event", "period", "mail", "link", "tag", "glob", "field", "date field", "text field"]


class Function(Struct, frozen=True):
    """takes: what it is asked; the first `needs` of them are required."""

    takes: tuple[Argument, ...]
    needs: int
    gives: Kind
    example: str


FUNCTIONS: Final[dict[str, Function]] = {
    "count": Function(("event", "period"), 1, "number", 'count("clicked", "14 days") > 2'),
    "days_since": Function(("event",), 1, "number", 'days_since("opened") < 30'),
    "days_until": Function(("date field",), 1, "number", "days_until(lead.contract_end) < 90"),
    "happened": Function(("event", "period"), 1, "yes/no", 'happened("quote.requested", "30 days")'),
    "opened": Function(("mail",), 1, "yes/no", 'opened("survey")'),
    "clicked": Function(("mail", "link"), 1, "yes/no", 'clicked("survey", "book-a-demo")'),
    "tagged": Function(("tag",), 1, "yes/no", 'tagged("newsletter")'),
    "known": Function(("field",), 1, "yes/no", "known(lead.phone)"),
    "matches": Function(("text field", "glob"), 2, "yes/no", 'matches(lead.job_title, "*director*")'),
}


def check_shape(tree: Node) -> None:
    """ConditionError where a truth, a value or an argument stands in the wrong place."""
    match tree:
        case Join(parts=parts):
            for number, part in enumerate(parts):
                first = part.parts[0] if isinstance(part, Join) else part
                if isinstance(first, Constant) and not isinstance(first.value, bool):
                    raise alone(first, parts[number - 1] if number else None, parts[number + 1 :])
                check_shape(part)
        case Not(part=part):
            check_shape(part)
        case Compare():
            _compare(tree)
        case Ask():
            _ask(tree)
            if FUNCTIONS[tree.function].gives == "number":
                right = " > 0" if tree.function == "count" else FUNCTIONS[tree.function].example.rpartition(")")[2]
                what = f"{tree.function}(…) is a number, not a yes or no"
                raise ConditionError(what, tree.offset, f"compare it: {as_written(tree)}{right}")
        case Constant(value=str()):
            raise alone(tree, None)
        case Constant(value=bool()) | Field():
            pass
        case _:
            raise ConditionError("this by itself is neither true nor false", tree.offset, "compare it with something")


def _compare(tree: Compare) -> None:
    for sign, left, right in zip(tree.operators, tree.operands, tree.operands[1:], strict=False):
        if isinstance(left, Constant | Items) and isinstance(right, Constant | Items):
            raise ConditionError("this compares two constants", left.offset, "put a field on one side: lead.profile")
        if sign not in ("in", "not in") and (odd := next((s for s in (left, right) if isinstance(s, Items)), None)):
            among = {"==": "write in [...] instead of ==", "!=": "write not in [...] instead of !="}
            fix = among.get(sign, "compare with one value")
            raise ConditionError(f"“{sign}” cannot compare with a list", odd.offset, fix)
    if isinstance(tree.operands[0], Items):
        raise ConditionError("the list stands on the wrong side", tree.operands[0].offset, 'write field in ["A", "B"]')
    for number, side in enumerate(tree.operands):
        match side:
            case Ask():
                if fix := whatever_its_capitals(tree, side):
                    raise ConditionError(f"there is no function {side.function}(…)", side.offset, fix)
                _ask(side, _compared(tree, number))
            case Items(items=items):
                for item in items:
                    if not isinstance(item, Constant | Field):
                        raise ConditionError("a list holds texts, numbers or fields", item.offset, 'write ["A", "B"]')
            case Constant() | Field():
                pass
            case _:
                raise ConditionError(
                    "a comparison cannot be compared", side.offset, "join comparisons with and, or, not"
                )


def _compared(tree: Compare, number: int) -> str:
    """How the author compares this side with a number, to be written behind it; empty: he does not."""
    match tree:
        case Compare(operators=(sign,), operands=(left, right)):
            other = left if number else right
            turned = sign.translate(TURNED) if number else sign
            value = other.value if isinstance(other, Constant) else None
            return f" {turned} {value}" if isinstance(value, int | float) and not isinstance(value, bool) else ""
        case _:
            return ""


TURNED: Final = str.maketrans("<>", "><")


def _ask(ask: Ask, compared: str = "") -> None:
    """compared: with what the author compares it, such as ` > 2`."""
    function = FUNCTIONS.get(ask.function)
    if function is None:
        fix = _in_our_words(ask) or _of_an_event(ask, compared) or did_you_mean(ask.function, FUNCTIONS)
        raise ConditionError(f"there is no function {ask.function}(…)", ask.offset, fix)
    if isinstance(ask.arguments[-1] if ask.arguments else None, Compare) and not compared:
        _compared_within(ask, function)
    if each := _each(ask, function):
        what = f"{ask.function}(…) asks for one {function.takes[0].rpartition(' ')[2]} at a time"
        if isinstance(ask.arguments[-1], Constant) and isinstance(ask.arguments[0], Field):
            what = "in a glob, “|” is no sign for “or”"
        raise ConditionError(what, ask.offset, f"write {each}")
    if not ask.arguments and function.takes[0] == "mail":
        right = f'count("{ask.function}"){compared}' if compared else f'happened("{ask.function}")'
        raise ConditionError(f"{ask.function}() names no mail", ask.offset, f"of any mail, write {right}")
    if not function.needs <= len(ask.arguments) <= len(function.takes):
        wanted = " and ".join(function.takes[: function.needs])
        example = re.sub(r"(?<=\)) .+", compared, function.example) if compared else function.example
        fix = _too_many(ask, function, compared) or _several(ask, function) or f"write {example}"
        raise ConditionError(f"{ask.function}(…) asks for {wanted}", ask.offset, fix)
    _order(ask)
    for wants, given in zip(function.takes, ask.arguments, strict=False):
        if wants in ("field", "date field"):
            _refuse_event(ask, given, compared)
        _argument(ask, function, wants, given)


def _refuse_event(ask: Ask, given: Node, compared: str) -> None:
    """`days_until("answered")`, `known("replied")`: of an event, another function is asked."""
    match given:
        case Constant(value=str(event)) if is_event(event):
            right = f'days_since("{event}"){compared}' if ask.function == "days_until" else f'happened("{event}")'
            raise ConditionError(f"“{event}” is an event, not a field", given.offset, f"of an event, write {right}")
        case _:
            pass


_GLOBS: Final = {"endswith": "*{}", "startswith": "{}*", "contains": "*{}*", "includes": "*{}*", "matches": "{}"}
"""What is asked of a text in other languages, as a glob."""


def _compared_within(ask: Ask, function: Function) -> None:
    """`days_since("sent" > 30)`"""
    match ask.arguments:
        case (*before, Compare(operators=(sign,), operands=(given, Constant(value=int() | float() as number)))) if (
            function.gives == "number" and isinstance(given, Constant | Field) and not isinstance(number, bool)
        ):
            right = f"{as_written(replace(ask, arguments=(*before, given)))} {sign} {number}"
            what = f"what is compared is the number that {ask.function}(…) gives"
            raise ConditionError(what, ask.offset, f"write {right}")
        case _:
            return


def _in_our_words(ask: Ask) -> str:
    """`unknown(lead.phone)`, `is_empty(lead.phone)`: a function of another language; empty: it is none of those."""
    name = re.sub(r"[^\w.]|_", "", ask.function.lower())
    match ask.arguments:
        case () if name in ("today", "now", "date", "currentdate"):
            return "write today"
        case (Constant(value=str(part)),) if glob := _GLOBS.get(name.rpartition(".")[2]):
            field = ask.function.rpartition(".")[0]
            return f'write matches({field}, "{glob.format(part)}")' if "." in field else ""
        case (Field(path=path),) if name in _NOTHING:
            return f"write not known({path})"
        case (Field(path=path),) if name in _SOMETHING:
            return f"write known({path})"
        case _ if contrary := denied(ask.function, FUNCTIONS):  # `untagged("fair")`
            return f"write not {as_written(replace(ask, function=contrary))}"
        case _:
            return ""


def _of_an_event(ask: Ask, compared: str) -> str:
    """`answered("survey")`, `called()`: whether it happened, or how often; empty: it is no event."""
    event = ask.function if is_event(ask.function) else meant(ask.function.lower(), BUILT_IN)
    given = [one.value for one in ask.arguments if isinstance(one, Constant)]
    period = "".join(f', "{one}"' for one in given if isinstance(one, str) and is_period(one))
    asked = f'count("{event}"{period}){compared}' if compared else f'happened("{event}"{period})'
    return f"write {asked}" if event else ""


_NOTHING: Final = ("unknown", "notknown", "empty", "isempty", "isnull", "isnone", "isunknown", "isblank", "missing")
_SOMETHING: Final = ("isknown", "isset", "notempty", "isnotempty", "isnotnull", "notnull", "exists", "present")


def _order(ask: Ask) -> None:
    """A period where an event belongs, a pattern where a field does."""
    match ask:
        case Ask(function="count" | "happened", arguments=(Constant(value=str(one)), Constant(value=str(two)))):
            turned = f'"{two}", "{one}"' if is_period(one) and not is_period(two) else ""
        case Ask(function="matches", arguments=(Constant(value=str(one)), Field(path=path))):
            turned = f'{path}, "{one}"'
        case Ask(function="count" | "happened", arguments=(Constant(value=str(one)) as period,)) if is_period(one):
            fix = f'write it behind an event: {ask.function}("clicked", "{one}")'
            raise ConditionError(f"“{one}” is a period, not an event", period.offset, fix)
        case _:
            return
    if turned:
        what = f"the two that {ask.function}(…) is asked are the wrong way round"
        raise ConditionError(what, ask.arguments[0].offset, f"write {ask.function}({turned})")


def is_period(text: str) -> bool:
    if not text[:1].isdigit():
        return False
    try:
        parse_duration(text)
    except ValueError:
        return False
    return True


def _glob(given: Constant, text: str) -> None:
    """A regular expression is none."""
    if globs := globs_meant(text):
        raise ConditionError(no_glob(text), given.offset, f'write "{globs[0]}"')


def _each(ask: Ask, function: Function) -> str:
    """`known(lead.phone or lead.email)`, `matches(lead.job_title, "ceo|cto")`: each for itself; empty: it is one."""
    join = " or "
    match ask.arguments:
        case (Join(every=every, parts=parts), *behind):
            join = " and " if every else " or "
            several = [(part, *behind) for part in parts]
        case (Items(items=items), *behind) if function.gives == "yes/no":
            several = [(item, *behind) for item in items]
        case (Field(), Field(), *_) if function.takes == ("field",):
            several = [(part,) for part in ask.arguments]
        case (Field() as field, Constant(value=str(text)) as glob) if ask.function == "matches" and "|" in text:
            several = [(field, replace(glob, value=one)) for one in globs_meant(text)]
        case _:
            return ""
    if not several or not all(isinstance(one, Field | Constant) for arguments in several for one in arguments):
        return ""
    return f"({join.join(as_written(replace(ask, arguments=arguments)) for arguments in several)})"


def _too_many(ask: Ask, function: Function, compared: str) -> str:
    """`days_since("sent", "30 days") > 90`: what is asked and compared needs no more; empty: it is no such thing."""
    asked, more = ask.arguments[: len(function.takes)], ask.arguments[len(function.takes) :]
    match more:
        case (Constant(value=int() as number),) if function.gives == "number" and not compared:
            return f"compare it behind the parentheses: {as_written(replace(ask, arguments=asked))} < {number}"
        case _:
            pass
    if not compared or not more or not all(isinstance(one, Constant | Field) for one in ask.arguments):
        return ""
    return f"leave out what stands behind it: {as_written(replace(ask, arguments=asked))}{compared}"


def _several(ask: Ask, function: Function) -> str:
    """The remedy where one thing can be asked and more are, in the author's own words; empty: there is none."""
    texts = [given.value for given in ask.arguments if isinstance(given, Constant) and isinstance(given.value, str)]
    if len(function.takes) != 1 or len(texts) < 2 or len(texts) < len(ask.arguments):
        return ""
    each = [f'{ask.function}("{text}")' for text in texts]
    if function.gives == "yes/no":
        return f"write ({' or '.join(each)})"
    number = texts[1].split(" ")[0]
    if len(each) == 2 and number.isdecimal():
        return f"compare it: {each[0]} > {number} — or < {number}"
    return ""


def _argument(ask: Ask, function: Function, wants: Argument, given: Node) -> None:
    if wants in ("field", "date field", "text field"):
        if not isinstance(given, Field):
            raise ConditionError(
                f"{ask.function}(…) asks for a field here",
                given.offset,
                f"write it without quotes: {given.value if _dotted(given) else function.example}",
            )
        return
    if wants == "glob" and isinstance(given, Constant) and isinstance(given.value, str):
        _glob(given, given.value)
    if not (isinstance(given, Constant) and isinstance(given.value, str)):
        raise ConditionError(
            f"the {wants} that {ask.function}(…) asks for is a text",
            given.offset,
            _quoted(ask, given) or _with_unit(wants, given) or f"write it so: {function.example}",
        )
    if wants == "period":
        _period(given.value, given.offset)


def _quoted(ask: Ask, given: Node) -> str:
    """The word with its quotes; a date is asked by another function."""
    if not isinstance(given, Field):
        return ""
    of_a_date = ask.function == "days_since" and given.path.startswith(("lead.", "company.", "event.", "handover."))
    if of_a_date:
        return f"of a date, days_until({given.path}) is asked: above 0 while it is to come, below 0 once it has passed"
    return f'put it in quotes: "{given.path}"'


def _with_unit(wants: Argument, given: Node) -> str:
    """`count("clicked", 30)`."""
    match given:
        case Constant(value=int() as number) if wants == "period" and not isinstance(number, bool):
            return f'write the unit as well, in quotes: "{number} day{"" if number == 1 else "s"}"'
        case _:
            return ""


def _dotted(node: Node) -> TypeGuard[Constant]:
    """Is it a text that could be the name of a field?"""
    return isinstance(node, Constant) and isinstance(node.value, str) and FIELD.fullmatch(node.value) is not None


def _period(text: str, offset: int) -> None:
    try:
        duration = parse_duration(text)
    except ValueError as error:
        what, _, fix = str(error).partition("; ")
        right = _LENGTH.search(fix)
        fix = f'write "{right[1]}"' if right else 'write a period such as "14 days"'
        raise ConditionError(what, offset, fix) from None
    if duration.business:
        fix = f'write "{replace(duration, business=False)}"'
        raise ConditionError(f"“{text}” runs on a calendar; a period is elapsed time", offset, fix)
    if len(text) > 20 or duration.amount > 100_000:
        raise ConditionError(f"“{text}” is longer than anyone remembers", offset, 'write a period such as "14 days"')


_LENGTH: Final = re.compile(r"(?:write|least|:) (?!20 minutes)(\d+ [a-z]+)(?:, or .*)?$")
