"""What was meant as a list? `in (NL, BE)`, `= ["NL"]`, `== "hall", "cold store"`, `in ["director" or "owner"]`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kweek.flow.conditions.pieces import Piece, Slip, bare_run

_CLOSES: Final = {"[": "]", "(": ")", "{": "}"}
_BETWEEN: Final = (",", "or", "and", ";", "|", "/")
"""What people put between the items of a list."""
_AMONG: Final = {"=": "in ", "==": "in ", "!=": "not in ", "in": ""}


def lists(text: str, pieces: Sequence[Piece]) -> Iterator[Slip]:
    for number, sign in enumerate(pieces):
        behind = pieces[number + 1 : number + 2]
        if sign.word not in _AMONG or not behind:
            continue
        if closes := _CLOSES.get(behind[0].word):
            yield from _in_brackets(text, pieces, number, closes)
        elif number:
            yield from _without(text, pieces, number)


def _in_brackets(text: str, pieces: Sequence[Piece], number: int, closes: str) -> Iterator[Slip]:
    sign, opens = pieces[number : number + 2]
    items, between, at = _items(pieces, number + 2)
    open_ended = at >= len(pieces) and opens.word == "(" and len(items) > 1  # `in ("A", "B"`
    if not items or (not open_ended and (at >= len(pieces) or pieces[at].word != closes)):
        return
    end = pieces[-1].end if open_ended else pieces[at].end
    bare = [item[0] for item in items if item == bare_run(item, 0)]
    listed = _list_of(text, items)
    if opens.word != "[":
        what = "a list stands in square brackets"
    elif bare:
        what = "a text stands in quotes"
    elif sign.word != "in":
        what = f"“{sign.word}” cannot compare with a list"
    elif others := [word for word in between if word != ","]:
        what = f"a comma stands between the items of a list, and not “{others[0]}”"
    else:
        return
    if len(items) < 2 and opens.word == "(":  # parentheses round one value are none of a list
        return
    if sign.word == "in":
        said_at = bare[0].at if bare and opens.word == "[" else None
        yield Slip(opens.at, end, listed, what, f"write {listed}", said_at=said_at)
    else:
        right = f"{_AMONG[sign.word]}{listed}"
        yield Slip(
            sign.at, end, right, what, f"write {right} instead of {sign.word} {opens.word}…{closes}",
            said_at=opens.at,
        )  # fmt: skip


def _without(text: str, pieces: Sequence[Piece], number: int) -> Iterator[Slip]:
    """`lead.building == "hall", "cold store"`: no bracket at all; "or" alone joins two conditions as well."""
    sign, field = pieces[number], pieces[number - 1]
    denied = sign.word == "!=" or field.word == "not"
    field = pieces[number - 2] if field.word == "not" and number > 1 else field
    items, between, end = _items(pieces, number + 1)
    words = all(piece.kind == "word" for item in items for piece in item)
    bare = words and (sign.word == "=" or any(len(item) > 1 for item in items))  # `= A or B`, `== hall or cold store`
    if field.kind != "word" or len(items) < 2 or not ("," in between or sign.word == "in" or bare):
        return
    behind = pieces[end : end + 1]
    if bare and behind and behind[0].word not in ("and", "or"):
        return
    right = f"{field.word} {'not ' * denied}in {_list_of(text, items)}"
    yield Slip(field.at, items[-1][-1].end, right, "several texts stand in a list", f"write {right}")


def _items(pieces: Sequence[Piece], at: int) -> tuple[list[list[Piece]], list[str], int]:
    """The values from there on, what stands between them, and where they end."""
    items: list[list[Piece]] = []
    between: list[str] = []
    while item := bare_run(pieces, at) or [piece for piece in pieces[at : at + 1] if piece.kind in ("text", "number")]:
        items.append(item)
        at += len(item)
        joins = [piece.word for piece in pieces[at : at + 2] if piece.word in _BETWEEN]
        joins = joins[: 1 + (joins[:1] == [","] and joins[1:] in (["or"], ["and"]))]  # `"a", or "b"`
        behind = pieces[at + len(joins) : at + len(joins) + 1]
        if not joins or not behind or not (behind[0].kind in ("text", "number") or bare_run(behind, 0)):
            break
        between.append(joins[-1])
        at += len(joins)
    return items, between, at


def _list_of(text: str, items: Sequence[Sequence[Piece]]) -> str:
    """As a condition writes it."""
    shown = (
        item[0].word if item[0].kind in ("text", "number") else f'"{text[item[0].at : item[-1].end]}"' for item in items
    )
    return f"[{', '.join(shown)}]"
