"""Nothing lies on anything else: measured on every flow that ships and on five hundred that nobody would write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from kweek.draw import Picture, lay_out
from kweek.draw.compare import compare
from kweek.draw.layout import lay_out_told
from kweek.draw.picture import Box, Card, Chip, Count, Row, Tag, Words
from kweek.draw.tell import tell
from kweek.words import Tongue
from tests.unit.drawn_flows import flow_of, generated, of_size
from tests.unit.every_word import EVERY_WORD

FLOWS = sorted((Path(__file__).parents[2] / "flows").glob("*.yaml"))
TONGUES = (Tongue("en"), Tongue("nl"))


@pytest.mark.parametrize("say", TONGUES, ids=["en", "nl"])
@pytest.mark.parametrize("file", FLOWS, ids=[file.stem for file in FLOWS])
def test_nothing_overlaps_in_the_flows_that_ship(file: Path, say: Tongue) -> None:
    assert_room(lay_out(flow_of(file.read_bytes(), file.stem), say))


@pytest.mark.parametrize("say", TONGUES, ids=["en", "nl"])
def test_nothing_overlaps_in_a_flow_of_every_word(say: Tongue) -> None:
    assert_room(lay_out(flow_of(EVERY_WORD), say))


@pytest.mark.parametrize("steps", [1, 3, 15, 60, 250])
def test_nothing_overlaps_whatever_the_size(steps: int) -> None:
    assert_room(lay_out(of_size(steps), TONGUES[0]))


@pytest.mark.parametrize("hundred", range(5))
def test_nothing_overlaps_in_flows_that_nobody_would_write(hundred: int) -> None:
    for seed in range(hundred * 100, hundred * 100 + 100):
        picture = lay_out(generated(seed), TONGUES[seed % 2])
        try:
            assert_room(picture)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from None


@pytest.mark.parametrize("hundred", range(2))
def test_nothing_overlaps_in_what_differs_between_two_of_them(hundred: int) -> None:
    marks: set[str] = set()
    for seed in range(hundred * 100, hundred * 100 + 100):
        say = TONGUES[seed % 2]
        picture = lay_out_told(compare(tell(generated(seed), say), tell(generated(seed + 1), say), say), say)
        marks |= {f"{type(one).__name__} {one.tag.kind}" for one in (*picture.cards(), *picture.rows()) if one.tag}
        try:
            assert_room(picture)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from None
    assert marks == {f"{thing} {kind}" for thing in ("Card", "Row") for kind in ("new", "changed", "gone")}


def assert_room(picture: Picture) -> None:
    blocks = [band.box for band in picture.bands] + [column.head for column in picture.columns]
    blocks += [card.box for column in picture.columns for card in column.cards]
    blocks += list(picture.heading.boxes())
    _apart(blocks)
    _inside(Box(0, 0, picture.width, picture.height), blocks)
    for band in picture.bands:
        things = [band.icon, *_things_of_rows((band.title,), band.rows)]
        _apart(things)
        _inside(band.box, things)
    for column in picture.columns:
        words = [box for text in (column.title, *column.notes) for box in text.boxes()]
        _apart(words)
        _inside(column.head, words)
        for card in column.cards:
            _apart(_things_of(card))
            _inside(card.box, _things_of(card))
    _edges_keep_clear(picture, blocks)
    _roads_are_apart(picture)


def _things_of(card: Card) -> list[Box]:
    """All in it that may not touch: texts, tags, chips, the icon, the room for numbers."""
    texts = (*_tag(card.tag), card.title, *card.notes, *card.captions)
    return [card.icon, *_number(card.count), *_chip(card.chip), *_things_of_rows(texts, card.rows)]


def _things_of_rows(texts: Iterable[Words], rows: Iterable[Row]) -> list[Box]:
    found = [box for text in texts for box in text.boxes()]
    for row in rows:
        tag = [box for text in _tag(row.tag) for box in text.boxes()]
        _inside(row.box, (*tag, *row.words.boxes(), row.count.box))
        found += [*tag, *row.words.boxes(), *_number(row.count), *_chip(row.chip)]
        for card in row.cards:
            _inside(row.box, (card.box,))
            found += _things_of(card)
    return found


def _tag(tag: Tag | None) -> tuple[Words, ...]:
    return (tag.words,) if tag else ()


def _number(count: Count) -> Iterator[Box]:
    """A number of six digits fits into its room."""
    words = count.words
    assert count.box.x <= words.x - words.style.width("888\u2009888")
    assert words.x <= count.box.right
    yield count.box


def _chip(chip: Chip | None) -> Iterator[Box]:
    if chip is not None:
        _inside(chip.box, chip.words.boxes())
        yield chip.box


def _apart(boxes: Iterable[Box]) -> None:
    """No two of them share a pixel: from top to bottom, each against those that reach down to it."""
    open_: list[Box] = []
    for box in sorted(boxes, key=lambda box: box.y):
        open_ = [other for other in open_ if other.bottom > box.y]
        for other in open_:
            assert box.right <= other.x or other.right <= box.x, (box, other)
        open_.append(box)


def _inside(outer: Box, boxes: Iterable[Box]) -> None:
    for box in boxes:
        assert outer.x <= box.x, (outer, box)
        assert box.right <= outer.right, (outer, box)
        assert outer.y <= box.y, (outer, box)
        assert box.bottom <= outer.bottom, (outer, box)


def _edges_keep_clear(picture: Picture, blocks: list[Box]) -> None:
    """They touch a card where they leave it and a head where they enter it; all else they pass at a distance. What
    leaves a band runs through it, and passes all that stands there."""
    for edge in picture.edges:
        x, y = edge.points[0]
        own = next((band for band in picture.bands if _holds(band.box, x, y)), None)
        passed = [box for box in blocks if own is None or box != own.box]
        passed += [own.icon, *_things_of_rows((own.title,), own.rows)] if own else []
        for n, ((x0, y0), (x1, y1)) in enumerate(pairwise(edge.points)):
            assert x0 == x1 or y0 == y1, edge
            left, right, top, bottom = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
            near = 0 if n in (0, len(edge.points) - 2) else 5
            for box in passed:
                clear = right + near <= box.x or box.right + near <= left
                assert clear or bottom + near <= box.y or box.bottom + near <= top, (edge, box)


def _holds(box: Box, x: int, y: int) -> bool:
    return box.x <= x <= box.right and box.y <= y <= box.bottom


def _roads_are_apart(picture: Picture) -> None:
    """Pieces on one line belong to one path and one direction, or do not meet."""
    lines: defaultdict[tuple[str, int], list[tuple[int, int, tuple[str, bool]]]] = defaultdict(list)
    for edge in picture.edges:
        for (x0, y0), (x1, y1) in pairwise(edge.points):
            line, ends = (("x", x0), (y0, y1)) if x0 == x1 else (("y", y0), (x0, x1))
            lines[line].append((min(ends), max(ends), (edge.target, edge.back)))
    for pieces in lines.values():
        for n, (begin, end, road) in enumerate(pieces):
            for other_begin, other_end, other in pieces[n + 1 :]:
                assert road == other or end < other_begin or other_end < begin, (road, other)
