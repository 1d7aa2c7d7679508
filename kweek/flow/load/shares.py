"""Which mail leaves, or which of several to how many? What stands behind `send`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from kweek.flow import model as m
from kweek.flow.kebab import NAME, parse_name
from kweek.flow.load.choose import ChooseReader
from kweek.flow.load.reader import said, unread
from kweek.flow.load.says import file_named, in_braces, several_names
from kweek.flow.load.texts import parse_share
from kweek.flow.problems import Located
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text

_FILES: Final = ("md",)  # all other endings of two letters are languages
_LANGUAGE: Final = re.compile(r"([a-z0-9-]+)\.[a-z]{2}(?:\.md)?")
_SHARE: Final = re.compile(r"(?P<part>0[.,]\d{1,9})|(?P<whole>\d{1,3}) ?%?")


_HALVES: Final = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)[:= ]+(\d{1,3}) ?%")
"""`brochure 50% nothing 50%`"""
_DECIMAL: Final = re.compile(r"(?P<number>\d{1,2}(?:[.,]\d{1,4})?) ?%")


class ShareReader(ChooseReader):
    """Reads a mail, or the mails of an A/B test with their shares."""

    def mails(self, verb: Pair, id_: Located[str] | None) -> tuple[m.Share, ...]:
        whole = Located(100, verb.value.at, verb.key.at)
        match verb.value:
            case Items(items=items):
                names = [node.value for node in items if isinstance(node, Text)]
            case Text(value=text, at=at, end=end) if not file_named(text):
                names = several_names(text)
                if end.line > at.line and all(map(NAME.fullmatch, text.split())):
                    names = text.split()
            case _:
                names = []
        if halves := _halves_meant(verb.value):
            shown = ", ".join(f"{mail}: {share}%" for mail, share in halves)
            what, fix = "The halves of an A/B test stand in braces.", f"Write: send: {{ {shown} }}"
            self.note(verb.value.at, "text-wanted", what, "", fix)
            at, key = verb.value.at, verb.key.at
            each = [(None if mail == "nothing" else mail, int(share)) for mail, share in halves]
            return tuple(m.Share(Located(mail, at, key), Located(share, at, key)) for mail, share in each)
        if isinstance(verb.value, Items) or names:
            fix = _each_or_test(names, whole_step=id_ is None) if names else "Write a step for each."
            what = f"“send” takes one mail; this is {'a list' if isinstance(verb.value, Items) else 'several'}."
            if len(names) == 1 and isinstance(verb.value, Text):
                what = "The mail stands behind “send:”, in its line."
            self.note(verb.value.at, "text-wanted", what, "", fix)
            return (m.Share(unread(verb), whole),)
        if not isinstance(verb.value, Pairs) or in_braces(verb.value):
            name = self._mail(verb)
            if name and name.value == "nothing":
                fix = "Name a mail; “nothing” is one half of an A/B test: send: { brochure: 50%, nothing: 50% }"
                self.note(name.at, "nothing", "A step that sends nothing is no step.", "", fix)
                name = None
            return (m.Share(name or unread(verb), whole),)
        match verb.value.pairs:
            case (Pair(key=Text(value="mail"), value=Text(value=only)),) if "%" not in only:
                what, fix = "“send” takes one mail, or the halves of an A/B test.", f"Write: send: {only}"
                self.note(verb.value.at, "text-wanted", what, "", fix)
                return (m.Share(unread(verb), whole),)
            case _:
                pass
        if id_ is None:
            fix = "Add one: id: subject-test"
            self.note(
                verb.key.at, "id-missing", "An A/B test needs an id.", "It has no one mail to be named after.", fix
            )
        return self._halves(verb.value)

    def _mail(self, verb: Pair) -> Located[str] | None:
        """`survey.nl` is a file of the mail `survey`; which one leaves, the lead decides."""
        if isinstance(verb.value, Text) and (found := _LANGUAGE.fullmatch(verb.value.value)):
            what, why = f"“{verb.value.value}” names a language.", "Each lead gets the mail in its own."
            if verb.value.value.removeprefix(f"{found[1]}.") in _FILES:
                what, why = f"“{verb.value.value}” is a file.", "A step calls the mail by its name."
            self.note(verb.value.at, "name", what, why, f"Write: {verb.key.value}: {found[1]}")
            return Located(found[1], verb.value.at, verb.key.at)
        return self.name(verb)

    def _halves(self, node: Pairs) -> tuple[m.Share, ...]:
        numbers = [_number(pair.value) for pair in node.pairs]
        if all(numbers) and (bare := [pair for pair in node.pairs if "%" not in said(pair)]):
            return self._without_sign(node, numbers, bare)
        if right := _in_whole(node.pairs):
            return self._with_decimals(node, right)
        shares = tuple(map(self._half, node.pairs))
        each = [share.per_cent.value for share in shares]
        if all(each) and (total := sum(each)) != 100:
            fix = "Change them so that they make 100%; “nothing” may be one of them."
            self.note(node.at, "shares", f"The shares make {total}%.", "", fix)
        return shares

    def _without_sign(self, node: Pairs, numbers: list[int], bare: list[Pair]) -> tuple[m.Share, ...]:
        """`{ one: 60, other: 30 }`: one slip, however many have it; what they make is said with it."""
        right = ", ".join(f"{pair.key.value}: {number}%" for pair, number in zip(node.pairs, numbers, strict=True))
        fix = f"Write whole per cents: {{ {right} }}"
        if (total := sum(numbers)) != 100:
            fix += f" — and change them so that they make 100%, for that makes {total}%."
        what = f"“{said(bare[0])}” is not a share." if len(bare) == 1 else f"These {len(bare)} shares have no %."
        self.note(bare[0].value.at, "share", what, "", fix)
        return tuple(
            m.Share(self._mail_of(pair), Located(number, pair.value.at, pair.key.at, said=said(pair)))
            for pair, number in zip(node.pairs, numbers, strict=True)
        )

    def _with_decimals(self, node: Pairs, numbers: list[int]) -> tuple[m.Share, ...]:
        """Three times `33.3%`."""
        right = ", ".join(f"{pair.key.value}: {number}%" for pair, number in zip(node.pairs, numbers, strict=True))
        self.note(node.at, "share", "Shares are whole per cents.", "", f"Write: {{ {right} }}")
        return tuple(
            m.Share(self._mail_of(pair), Located(number, pair.value.at, pair.key.at, said=said(pair)))
            for pair, number in zip(node.pairs, numbers, strict=True)
        )

    def _half(self, pair: Pair) -> m.Share:
        share = self.parsed(pair, parse_share, "share") or Located(0, pair.value.at, pair.key.at, said=said(pair))
        return m.Share(self._mail_of(pair), share)

    def _mail_of(self, pair: Pair) -> Located[str | None]:
        name = self.reread(pair.key.located, parse_name, "name") or unread(pair)
        return Located(None if name.value == "nothing" else name.value, name.at, name.key)


def _halves_meant(node: Node) -> Sequence[tuple[str, str]]:
    """Mails and their shares that were written as one text, or as a list; empty: they are no such thing."""
    match node:
        case Text(value=text):
            found = _HALVES.findall(text)
        case Items(items=items):
            found = [half for item in items for half in _half_of_list(item)]
            found = found if len(found) == len(items) else []
        case _:
            found = []
    return found if len(found) > 1 else ()


def _half_of_list(item: Node) -> Sequence[tuple[str, str]]:
    """`- brochure: 50%`, `- brochure 50%`, or `mail` and `share` as two lines of it."""
    match item:
        case Text(value=text):
            return _HALVES.findall(text)
        case Pairs(pairs=(Pair(key=Text(value=mail), value=share),)) if number := _number(share):
            return ((mail, str(number)),)
        case Pairs(pairs=(Pair(value=Text(value=mail)), Pair(value=share))) if number := _number(share):
            return ((mail, str(number)),) if NAME.fullmatch(mail) else ()
        case _:
            return ()


def _each_or_test(names: Sequence[str], *, whole_step: bool) -> str:
    """What somebody may mean who names several mails: all of them, or, where the step has an id, one of them by lot."""
    if not names[1:]:
        return f"Write: send: {names[0]}"
    each = f"{'Write' if whole_step else 'Or write'} a step for each: - send: {', then - send: '.join(names)}."
    part, over = divmod(100, len(names))
    shares = ", ".join(f"{name}: {part + (number < over)}%" for number, name in enumerate(names))
    if whole_step:
        return f"{each} Or, for an A/B test: send: {{ {shares} }} — and below it: id: subject-test"
    return f"For an A/B test, write: send: {{ {shares} }}. {each}"


def _in_whole(pairs: Sequence[Pair]) -> list[int]:
    """Shares with decimals that make 100 % or nearly so, as whole ones that make it; empty: they are no such thing."""
    found = [_DECIMAL.fullmatch(said(pair)) for pair in pairs]
    exact = [float(one["number"].replace(",", ".")) for one in found if one]
    if len(exact) < len(pairs) or abs(sum(exact) - 100) >= 1 or sum(not number.is_integer() for number in exact) < 2:
        return []
    whole = [int(number) for number in exact]
    most = sorted(range(len(exact)), key=lambda at: whole[at] - exact[at])  # who lost most by it, first
    for at in most[: 100 - sum(whole)]:
        whole[at] += 1
    return whole if sum(whole) == 100 and all(whole) else []


def _number(node: Node) -> int:
    """Of `60`, `60%` and `0.6`: 60. 0: it is no number from 1 to 100."""
    found = _SHARE.fullmatch(node.value) if isinstance(node, Text) else None
    if found is None:
        return 0
    part = found["part"]
    number = round(float(part.replace(",", ".")) * 100) if part else int(found["whole"])
    return number if number <= 100 else 0
