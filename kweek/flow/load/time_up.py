"""What was meant for when the time is up, though its line does not say “otherwise”? `timeout: done`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from kweek.flow.load.in_one import leads
from kweek.flow.load.reader import Reader, said
from kweek.flow.options import OPTIONS, WORDS
from kweek.flow.problems import nearest
from kweek.flow.words import STATES, is_event
from kweek.flow.yaml import Items, Pair, Pairs, Text

SILENCE: Final = (
    "no reaction", "no response", "no reply", "no answer", "nothing", "none", "silence", "silent", "timeout", "expired",
    "not reacted", "time is up", "geen reactie", "geen antwoord",
)  # fmt: skip
"""What somebody may write where nothing happened."""
_NAMES: Final = ("name", "title", "label")


def otherwise_meant(reader: Reader, step: Pairs, verb: Pair, paths: Collection[str]) -> Pairs:
    """The step with its `otherwise`, where it has none, and another line says where the lead goes."""
    options = OPTIONS[verb.key.value]
    clauses = (pair.value.pairs for pair in step.pairs if isinstance(pair.value, Pairs))
    inside = {line.key.value for lines in clauses for line in lines}
    if "otherwise" not in options or "otherwise" in {*inside, *(pair.key.value for pair in step.pairs)}:
        return step
    for pair in step.pairs:
        match pair:
            case Pair(key, Text(value=to)) if leads(to, paths) and _is_stranger(key.value, step, options):
                what = f"“{key.value}” is not an option of “{verb.key.value}”."
                reader.note(key.at, "unknown-key", what, "", f"Did you mean “otherwise”? Write: otherwise: {to}")
                meant = Pair(key._replace(value="otherwise"), pair.value)
                return Pairs(tuple(meant if one is pair else one for one in step.pairs), step.at)
            case Pair(Text(value="when"), Pairs(pairs=lines)) if line := _silence(lines):
                what, why = f"“{line.key.value}” is no event.", "That nothing happened is known when the time is up."
                left = tuple(one for one in lines if one is not line)
                where = "it beside when" if left else "instead of “when:” and this line"
                fix = f"Write {where}, in column {pair.key.at.column}: otherwise: {said(line)}"
                reader.note(line.key.at, "unknown-event", what, why, fix)
                rest = (Pair(pair.key, Pairs(left, pair.value.at)),) if left else ()
                beside = (two for one in step.pairs for two in (rest if one is pair else (one,)))
                return Pairs((*beside, Pair(line.key._replace(value="otherwise"), line.value)), step.at)
            case _:
                pass
    return step


def _silence(lines: Iterable[Pair]) -> Pair | None:
    return next((line for line in lines if is_silence(line.key.value)), None)


def is_silence(word: str) -> bool:
    """`on timeout`: that nothing happened."""
    return word.lower().removeprefix("on ") in SILENCE


def _is_stranger(word: str, step: Pairs, options: Collection[str]) -> bool:
    """No word of ours, nor nearly one of these options, nor anything that happens, of which the line would only stand
    in a wrong column."""
    if is_silence(word) or word == "then":
        return True
    happens = is_event(word) or "." in word or word in STATES["send"] or word in {*_outcomes(step)}
    if happens or nearest(word, options) is not None:
        return False
    return word not in (*WORDS, *OPTIONS, *_NAMES, "id") and word.split()[0] not in ("on", "when")


def _outcomes(step: Pairs) -> Iterator[str]:
    for pair in step.pairs:
        if pair.key.value == "outcomes":
            nodes = pair.value.items if isinstance(pair.value, Items) else (pair.value,)
            yield from (node.value for node in nodes if isinstance(node, Text))
