"""Does a condition fit the workspace? Every name exists and every comparison compares like with like.

Only the linter asks; a running lead never pays for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from kweek.flow.conditions import Condition
from kweek.flow.conditions.codes import CODES
from kweek.flow.conditions.constants import (
    EMAIL,
    Finding,
    of_addresses,
    shown,
    unfit,
)
from kweek.flow.conditions.instead import (
    asked_bare,
    asked_nothing,
    flat,
    instead,
    of_itself,
    points_meant,
    question_meant,
    several_meant,
    tags_asked,
    unquoted,
)
from kweek.flow.conditions.numbers import in_digits
from kweek.flow.conditions.schema import FieldType, Schema, dates_of
from kweek.flow.conditions.several import unfit_list
from kweek.flow.conditions.shape import FUNCTIONS, TURNED, Kind, is_period
from kweek.flow.conditions.tree import Ask, Compare, Constant, Field, Items, Join, Node, Not
from kweek.flow.meant import meant
from kweek.flow.problems import did_you_mean, nearest


def check_condition(condition: Condition, schema: Schema) -> list[Finding]:
    """All that is wrong with it in this workspace, from left to right."""
    return sorted(set(_answer(condition.tree, schema) or _truth(condition.tree, schema)))


def _answer(tree: Node, schema: Schema) -> list[Finding]:
    """`if: yes`: an answer, and no question."""
    match tree:
        case Field(offset=at, path=path) if path not in schema.fields and meant(path.lower(), ("true", "false")):
            fix = "ask something of the lead: lead.sales_ready — or, for all who are left, take the line - else: …"
            return [(at, f"“{path}” asks nothing", fix)]
        case _:
            return []


def _truth(node: Node, schema: Schema) -> Iterator[Finding]:
    match node:
        case Join():
            parts = flat(node)
            several = several_meant(parts, schema)
            yield from (finding for finding, _ in several)
            spoken_of = [part for _, parts in several for part in parts]
            for part in parts:
                if not any(part is one for one in spoken_of):
                    yield from _truth(part, schema)
        case Not(part=part):
            yield from _truth(part, schema)
        case Compare():
            yield from _compare(node, schema)
        case Ask():
            yield from _ask(node, schema)
        case Field(path=path):
            if unknown := _unknown(node, schema, "yes/no"):
                yield unknown
            elif (kind := schema.fields[path]).kind not in ("yes/no", "any"):
                yield node.offset, f"{path} is {kind}, not a yes or no", _comparing(path, kind)
        case _:
            pass


def _comparing(path: str, kind: FieldType) -> str:
    match kind.kind:
        case "text":
            return f'compare it: {path} == "{(*kind.choices, "…")[0]}", or ask known({path})'
        case "number":
            return f"compare it: {path} > 0, or ask known({path})"
        case "several":
            return f'ask what is among them: "…" in {path}'
        case _:
            return f"compare it: {path} <= today, or ask known({path})"


def _unknown(node: Field, schema: Schema, wanted: Kind = "any") -> Finding | None:
    """wanted: what should stand there."""
    path = node.path
    if path == "today" or path in schema.fields:
        return None
    if wanted == "number" and (digits := in_digits(path)) is not None:
        return node.offset, f"“{path}” is no number", f"write {digits}"
    if wanted == "yes/no" and (truth := meant(path.lower(), ("true", "false"))):
        return node.offset, f"“{path}” is no word of conditions", f"write {truth}"
    if path in schema.events and path not in FUNCTIONS:
        asked = f'happened("{path}")' if wanted != "number" else f'count("{path}")'
        return node.offset, f"“{path}” is an event, and no field", f"write it so: {asked}"
    fix = instead(path, schema)
    meant_field = fix.removeprefix("Did you mean “").removesuffix("”?")
    no_number = (
        not meant_field.endswith(f".{path}")
        and meant_field in schema.fields
        and schema.fields[meant_field].kind not in ("number", "any")
    )
    if wanted == "number" and "." not in path and (no_number or fix.startswith("if it is a text")):
        return node.offset, f"“{path}” is neither a number nor a field", "write a number in digits, without quotes: 3"
    return node.offset, f"there is no field {path}", fix


# --- comparisons ----------------------------------------------------------------------------------


def _compare(node: Compare, schema: Schema) -> Iterator[Finding]:
    if slip := _mail_how_often(node):
        yield slip
        return
    missing = False
    kinds = {
        _type(side, schema).kind for side in node.operands if not isinstance(side, Field) or side.path in schema.fields
    }
    wanted: Kind = "yes/no" if "yes/no" in kinds else "number" if "number" in kinds else "any"
    for side in node.operands:
        for part in side.items if isinstance(side, Items) else (side,):
            match part:
                case Field():
                    if (
                        unknown := tags_asked(part, node, schema)
                        or asked_bare(part, node, schema)
                        or question_meant(part, node, schema)
                        or of_itself(part, node, schema)
                        or asked_nothing(part, node, schema)
                        or unquoted(part, node, schema)
                        or _unknown(part, schema, wanted)
                    ):
                        missing = True
                        yield unknown
                case Ask():
                    yield from _ask(part, schema)
                case _:
                    pass
    if missing:  # one mistake, one message: what an unknown field holds nobody can say
        return
    for sign, left, right in zip(node.operators, node.operands, node.operands[1:], strict=False):
        yield from _pair(sign, left, right, schema)


def _pair(sign: str, left: Node, right: Node, schema: Schema) -> Iterator[Finding]:
    if isinstance(right, Items):
        kind = _type(left, schema)
        if slip := _letters_alone(left, sign, right.items) or unfit_list(sign, _name(left), kind, right.items):
            yield slip
            return
        said = {item.value for item in right.items if isinstance(item, Constant)}
        for item in right.items:
            yield from _fits("==", left, item, schema, said)
        return
    if sign in ("in", "not in"):
        kind = _type(right, schema)
        if kind.kind not in ("several", "any"):
            yield right.offset, f"“{sign}” needs a list; {_name(right)} is {kind}", _among(sign, left, right, kind)
        else:
            yield from _fits("==", left, right, schema, among=True)
        return
    if slip := _letters_alone(left, sign, (right,)) or _how_often(left, sign, right):
        yield slip
        return
    yield from _fits(sign, left, right, schema)


def _how_often(left: Node, sign: str, right: Node) -> Finding | None:
    """`happened("page.viewed", "14 days") > 2`: how often, count says."""
    match left, right:
        case Ask(function="happened", arguments=given, offset=at), Constant(value=int() as number) if not isinstance(
            number, bool
        ) and all(isinstance(one, Constant) for one in given):
            asked = ", ".join(f'"{one.value}"' for one in given if isinstance(one, Constant))
            return at, "happened(…) is a yes or no", f"for how often, write count({asked}) {sign} {number}"
        case _:
            return None


def _mail_how_often(node: Compare) -> Finding | None:
    """`clicked("30 days") > 2`: of no mail by name, how often in that time."""
    match node:
        case Compare(
            operators=(sign,),
            operands=(
                Ask(
                    function="clicked" | "opened" | "answered" as asked,
                    arguments=(Constant(value=str() as time),),
                    offset=at,
                ),
                Constant(value=int() as number),
            ),
        ) if is_period(time):
            return at, f"{asked}(…) asks of one mail, yes or no", f'write count("{asked}", "{time}") {sign} {number}'
        case _:
            return None


def _among(sign: str, left: Node, right: Node, kind: FieldType) -> str:
    """`"@gmail.com" in lead.email`: a part of a text."""
    match left, right:
        case Constant(value=str(whole)), Field(path=path) if kind.choices or path in CODES:
            return f'write {path} {"==" if sign == "in" else "!="} "{whole}"'
        case Constant(value=str(part)), Field(path=path) if kind.kind == "text":
            return f'write {"not " * (sign == "not in")}matches({path}, "*{part.strip("*")}*")'
        case Field(path=one), Field(path=two) if kind.kind == "text":
            return f"write {one} {'==' if sign == 'in' else '!='} {two}"
        case _:
            return f'write {sign} ["A", "B"]'


def _letters_alone(left: Node, sign: str, values: tuple[Node, ...]) -> Finding | None:
    """`lead.grade == "A"`: of the grade A1, the letter is the profile."""
    texts = [node.value for node in values if isinstance(node, Constant)]
    letters = [text for text in texts if isinstance(text, str) and text in ("A", "B", "C", "D")]
    if not isinstance(left, Field) or left.path != "lead.grade" or not letters or len(letters) < len(values):
        return None
    shown = ", ".join(f'"{letter}"' for letter in letters)
    right = f"[{shown}]" if sign in ("in", "not in") else shown
    what = f"lead.grade is a letter and a number, such as A1; never “{letters[0]}”"
    return values[0].offset, what, f"for the letter alone, write lead.profile {sign} {right}"


def _fits(
    sign: str, left: Node, right: Node, schema: Schema, said: Collection[object] = (), *, among: bool = False
) -> Iterator[Finding]:
    """Field against constant, either way round, and field against field. said: what stands in the same list."""
    one, two = _type(left, schema), _type(right, schema)
    if among:
        two = FieldType("text", two.choices)
    if isinstance(left, Constant):
        left, right, one, two, sign = right, left, two, one, sign.translate(TURNED)
    if one.kind == "several":
        yield left.offset, f"{_name(left)} holds several answers", f'write "…" in {_name(left)}'
        return
    if isinstance(right, Constant):
        if slip := points_meant(left, one, right, schema):
            yield slip
            return
        yield from unfit(sign, _name(left), one, right, said)
        return
    kinds = {one.kind, two.kind}
    alike = len(kinds) == 1 or "any" in kinds or kinds <= {"date", "moment"}
    if not alike:
        yield right.offset, f"{_name(left)} is {one}, {_name(right)} is {two}", "compare like with like"


def _type(node: Node, schema: Schema) -> FieldType:
    match node:
        case Field(path="today"):
            return FieldType("date")
        case Field(path=path):
            return schema.fields[path]
        case Ask(function=function):
            return FieldType(FUNCTIONS[function].gives)
        case Constant(value=bool()):
            return FieldType("yes/no")
        case Constant(value=str()):
            return FieldType("text")
        case _:
            return FieldType("number")


def _name(node: Node) -> str:
    match node:
        case Field(path=path):
            return path
        case Ask(function=function):
            return f"{function}(…)"
        case Constant(value=value):
            return shown(value)
        case _:
            return "this"


# --- functions ------------------------------------------------------------------------------------


def _date(word: str, schema: Schema) -> str:
    """Where a date stands for an event: the function that asks of dates."""
    for path, kind in schema.fields.items():
        if kind.kind in ("date", "moment") and word in (path, path.rpartition(".")[2]):
            return f"for a date, write days_until({path})"
    return ""


def _of_a_mail(event: str, schema: Schema) -> str:
    """`clicked read-guide`, `opened survey`: what happens to a mail, with its link or its name behind it."""
    kind, _, name = event.partition(" ")
    mail = next((mail for mail, links in schema.mails.items() if name in links), None)
    if kind == "clicked" and mail is not None:
        return f'of a link, ask clicked("{mail}", "{name}")'
    return f'of a mail, ask {kind}("{name}")' if kind in ("opened", "clicked") and name in schema.mails else ""


def _mail_meant(mail: str, ask: Ask, of_flow: Sequence[str], schema: Schema) -> str:
    """of_flow: the mails that its flow sends; one that is like no mail is rather one of them than any other."""
    if not of_flow or nearest(mail, schema.mails) is not None:
        return did_you_mean(mail, schema.mails)
    links = [one.value for one in ask.arguments[1:] if isinstance(one, Constant)]
    if has := next((name for name in of_flow if {*links} & {*(schema.mails[name] or ())}), None):
        return f"Did you mean “{has}”?"
    return f"name one that this flow sends: {', '.join(of_flow)}"


def _ask(ask: Ask, schema: Schema) -> Iterator[Finding]:
    for wants, given in zip(FUNCTIONS[ask.function].takes, ask.arguments, strict=False):
        at = given.offset
        match wants, given:
            case "event", Constant(value=str() as event) if event not in schema.events:
                fix = _date(event, schema) or _of_a_mail(event, schema) or did_you_mean(event, schema.events)
                yield at, f"there is no event “{event}”", fix
            case "mail", Constant(value=str() as time) if is_period(time):
                asked = f'happened("{ask.function}", "{time}")'
                yield at, f"{ask.function}(…) asks of one mail", f"of any, in that time, write {asked}"
            case "mail", Constant(value=str() as mail) if mail not in schema.mails:
                of_flow = [name for name in dict.fromkeys(schema.sent) if name in schema.mails]
                has = next((name for name in (*of_flow, *schema.mails) if mail in (schema.mails[name] or ())), None)
                both = f'it is a link of “{has}”: write {ask.function}("{has}", "{mail}")'
                fix = both if has and ask.function == "clicked" else _mail_meant(mail, ask, of_flow, schema)
                yield at, f"there is no mail “{mail}”", fix
            case "glob", Constant(value=str() as glob) if ask.arguments[0] == Field(ask.arguments[0].offset, EMAIL):
                if glob and (right := of_addresses(glob)):
                    what = f"{EMAIL} is never “{glob}”: it is a whole address"
                    yield at, what, f'write matches({EMAIL}, "{right}")'
            case "link", Constant(value=str() as link):
                mail = ask.arguments[0].value if isinstance(ask.arguments[0], Constant) else ""
                links = schema.mails.get(str(mail))
                if links is not None and link not in links:
                    yield at, f"the mail “{mail}” has no link “{link}”", did_you_mean(link, links)
            case (("field" | "date field" | "text field"), Field(path=path)):
                if unknown := _unknown(given, schema):
                    yield unknown
                elif wants == "date field" and _type(given, schema).kind not in ("date", "moment", "any"):
                    fix = f"ask it of a date: {', '.join(dates_of(schema.fields))}"
                    if path.startswith("event."):
                        fix += " — or declare it as one in rules/events.yaml"
                    yield at, f"{path} is {_type(given, schema)}, not a date", fix
                elif wants == "text field" and _type(given, schema).kind not in ("text", "any"):
                    yield at, f"{path} is {_type(given, schema)}, not a text", "matches(…) is for texts"
            case _:
                pass
