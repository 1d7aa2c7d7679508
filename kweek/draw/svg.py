"""How is a picture written as SVG? In the order of the text, so that it reads aloud as it was written.

Numbers have their places whether or not there is one: `<text data-count="KEY">`, KEY being a step's id, `<id> <row>`,
`whenever:N` or `goal`. Whoever writes a number there moves nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from html import escape

from msgspec import Struct

from kweek.draw.icons import BANDS, DOOR, ICONS
from kweek.draw.picture import Band, Box, Card, Chip, Column, Count, Edge, Fall, Picture, Row, Tag, Words
from kweek.draw.plain import plain
from kweek.draw.strokes import arrow, rounded
from kweek.draw.style import Theme, style_sheet

Links = Callable[[str], str | None]


def svg(
    picture: Picture,
    counts: Mapping[str, int] | None = None,
    *,
    lit: Collection[str] = (),
    here: Collection[str] = (),
    links: Links | None = None,
    stale: bool = False,
    theme: Theme = "auto",
    counted: bool = True,
) -> str:
    """The picture, with these numbers in it. The same input gives the same bytes.

    lit: the keys that a lead passed: they stand out, all else steps back. here: where it stands now. links: the address
    behind a key, if there is one. stale: greyed, for the last good picture of a draft that is broken. theme: `page`
    brings no style sheet (`kweek.draw.style_sheet` is it) and no ground. counted: it has places for numbers.
    """
    writer = _Writer(counts or {}, frozenset(lit), frozenset(here), links, stale, theme, counted)
    return "".join(writer.picture(picture))


def number(count: int) -> str:
    """As it stands in the picture: nothing for nothing, a thin space between thousands."""
    return f"{count:,}".replace(",", "\u2009") if count else ""


class _Writer(Struct, frozen=True):
    counts: Mapping[str, int]
    lit: frozenset[str]
    here: frozenset[str]
    links: Links | None
    stale: bool
    theme: Theme
    counted: bool

    def picture(self, picture: Picture) -> Iterator[str]:
        size = f'width="{picture.width}" height="{picture.height}" viewBox="0 0 {picture.width} {picture.height}"'
        classes = "kweek-picture stale" if self.stale else "kweek-picture"
        role = "group" if self.links else "img"
        label = f'role="{role}" aria-label="{_text(picture.label)}"'
        yield f'<svg xmlns="http://www.w3.org/2000/svg" class="{classes}" {size} {label}>\n'
        yield f"<desc>{_text(picture.text)}</desc>\n"
        if self.theme != "page":
            yield f"<style>{style_sheet(self.theme)}</style>\n"
            yield f'<rect class="ground" width="{picture.width}" height="{picture.height}"/>\n'
        yield '<g aria-hidden="true">\n' + "".join(_rect(band.box, "box", 10) for band in picture.bands) + "</g>\n"
        yield from self._edges(picture.edges)  # over the bands, which they leave within, and under the cards
        yield self._words(picture.heading)
        for band in picture.bands:
            yield from self._band(band)
        for column in picture.columns:
            yield from self._column(column)
        yield from self._ports(picture.edges)
        yield "</svg>\n"

    # --- columns, cards, rows ---------------------------------------------------------------------

    def _band(self, band: Band) -> Iterator[str]:
        yield f'<g role="group" aria-label="{_text(band.label)}" data-band="{band.kind}">\n'
        yield _icon(BANDS[band.kind], band.icon) + self._words(band.title)
        for row in band.rows:
            yield from self._row(row)
        yield "</g>\n"

    def _column(self, column: Column) -> Iterator[str]:
        yield f'<g role="group" aria-label="{_text(column.label)}" data-path="{_text(column.name)}">\n'
        yield _rect(column.head, "headbox", 10) + self._words(column.title)
        yield from map(self._words, column.notes)
        yield from map(self._fall, column.falls)
        for card in column.cards:
            yield from self._card(card)
        yield "</g>\n"

    def _card(self, card: Card) -> Iterator[str]:
        classes = self._classes(_kind("card", card.tag), card.id, (row.key for row in card.rows), _inner(card))
        yield f'<g role="group" aria-label="{_text(card.label)}" class="{classes}" data-step="{_text(card.id)}">\n'
        yield _rect(card.box, "inset" if card.depth else "box", 6 if card.depth else 10)
        if not card.depth:
            yield _rect(card.icon, "tile", 8)
        yield _icon(ICONS[card.verb], card.icon)
        yield self._linked(card.count, self._words(card.title), card.title, card.id, card.tag)
        if card.chip:
            yield from self._chip(card.chip)
        yield from map(self._words, card.notes)
        captions = list(card.captions)
        for row in card.rows:
            while captions and captions[0].y < row.words.y:
                yield self._words(captions.pop(0))
            yield from self._row(row)
        yield "</g>\n"

    def _row(self, row: Row) -> Iterator[str]:
        classes = self._classes(
            _kind("row", row.tag), row.key, (), (key for card in row.cards for key in (card.id, *_inner(card)))
        )
        yield f'<g class="{classes}" data-row="{_text(row.key)}">\n'
        label = self._words(row.words) + _written(row)
        yield self._linked(row.count, label, row.words, row.key, row.tag)
        if row.chip:
            yield from self._chip(row.chip)
        for card in row.cards:
            yield from self._card(card)
        yield "</g>\n"

    def _classes(self, kind: str, key: str, rows: Iterable[str], inner: Iterable[str]) -> str:
        classes = [kind]
        if self.lit:
            keys = (key, *rows, *inner)
            classes.append("lit" if key in self.lit else "" if any(one in self.lit for one in keys) else "dim")
        if key in self.here:
            classes.append("here")
        return " ".join(filter(None, classes))

    def _linked(self, count: Count, label: str, words: Words, key: str, tag: Tag | None) -> str:
        """The label and its number; one link where there is something behind it. Above it, in a comparison, the tag."""
        if tag:
            label = self._words(tag.words) + label
        if not self.counted:
            return label
        number_ = number(self.counts.get(key, 0))
        place = count.words
        text = (
            f'<text class="{place.style.name}" x="{place.x}" y="{place.y}" text-anchor="end" '
            f'data-count="{_text(key)}">{number_}</text>\n'
        )
        address = self.links(key) if self.links else None
        if address is None:
            return label + text
        boxes = (*words.boxes(), count.box)
        left, top = min(box.x for box in boxes), min(box.y for box in boxes) - 4
        right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes) + 4
        hit = _rect(Box(left - 3, top, right - left + 6, max(24, bottom - top)), "hit", 5)
        return f'<a href="{_text(address)}">{hit}{label}{text}</a>\n'

    # --- ways -------------------------------------------------------------------------------------

    def _chip(self, chip: Chip) -> Iterator[str]:
        box = chip.box
        match chip.kind:
            case "end":
                yield _rect(box, f"pill-{chip.name}", 9)
                yield self._words(chip.words, f"ink-{chip.name}")
            case "flow":
                yield _rect(box, "door", 9)
                yield f'<path class="sign" d="{DOOR}" transform="translate({box.x + 7} {box.y + 2})"/>\n'
                yield self._words(chip.words)
            case "missing":
                yield self._words(chip.words, "missing")
            case _:
                yield self._words(chip.words)

    def _edges(self, edges: Iterable[Edge]) -> Iterator[str]:
        yield '<g aria-hidden="true">\n'
        for edge in sorted(edges, key=lambda edge: edge.key in self.lit):
            classes = " back" if edge.back else ""
            state = self._state(edge.key)
            yield (
                f'<path class="edge{classes}{state}" d="{rounded(edge.points)}" data-edge="{_text(edge.key)}"/>'
                f'<path class="arrow{state}" d="{arrow(*edge.points[-2:])}"/>\n'
            )
        yield "</g>\n"

    def _ports(self, edges: Iterable[Edge]) -> Iterator[str]:
        """Where they leave their cards: dots on the rim."""
        yield '<g aria-hidden="true">\n'
        for edge in sorted(edges, key=lambda edge: edge.key in self.lit):
            x, y = edge.points[0]
            yield f'<circle class="port{self._state(edge.key)}" cx="{x}" cy="{y}" r="3"/>\n'
        yield "</g>\n"

    def _state(self, key: str) -> str:
        return "" if not self.lit else " lit" if key in self.lit else " dim"

    def _fall(self, fall: Fall) -> str:
        """Lit where the lead was above and below, and did not leave by another row."""
        passed = {fall.above or fall.below, fall.below} <= self.lit
        passed = passed and (self.lit.isdisjoint(fall.rows) or not self.lit.isdisjoint(fall.through))
        state = " lit" if passed else " dim" if self.lit else ""
        tip = arrow((fall.x, fall.top), (fall.x, fall.bottom))
        return (
            f'<g aria-hidden="true"><path class="fall{state}" d="M{fall.x} {fall.top}V{fall.bottom - 5}"/>'
            f'<path class="arrow{state}" d="{tip}"/></g>\n'
        )

    def _words(self, words: Words, extra: str = "") -> str:
        style = words.style
        classes = f"{style.name} {extra}" if extra else style.name
        anchor = "" if words.anchor == "start" else f' text-anchor="{words.anchor}"'
        if len(words.lines) == 1:
            return f'<text class="{classes}" x="{words.x}" y="{words.y}"{anchor}>{_text(words.lines[0])}</text>\n'
        lines = (
            f'<tspan x="{words.x}" y="{words.y + n * style.line}">{_text(line)}</tspan>'
            for n, line in enumerate(words.lines)
        )
        return f'<text class="{classes}"{anchor}>{" ".join(lines)}</text>\n'


def _kind(kind: str, tag: Tag | None) -> str:
    return f"{kind} {tag.kind}" if tag else kind


def _inner(card: Card) -> Iterator[str]:
    """The keys of all that stands in place inside a card."""
    for row in card.rows:
        yield row.key
        for inner in row.cards:
            yield inner.id
            yield from _inner(inner)


def _written(row: Row) -> str:
    """The author's own text for whoever points at the words; it lies over them, and nobody hears it instead of them."""
    if not row.written:
        return ""
    boxes = tuple(row.words.boxes())
    wide = max(box.width for box in boxes)
    place = f'x="{boxes[0].x}" y="{boxes[0].y}" width="{wide}" height="{boxes[-1].bottom - boxes[0].y}"'
    return f'<rect class="said" {place} aria-hidden="true"><title>{_text(row.written)}</title></rect>\n'


def _rect(box: Box, kind: str, radius: int) -> str:
    place = f'x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}"'
    return f'<rect class="{kind}" {place} rx="{radius}"/>\n'


def _icon(sign: str, box: Box) -> str:
    """Of 20 × 20, in the middle of its tile; smaller where there is less room."""
    inside = max(0, (box.width - 20) // 2)
    scale = "" if box.width >= 20 else f" scale({box.width / 20:g})"
    return f'<path class="icon" d="{sign}" transform="translate({box.x + inside} {box.y + inside}){scale}"/>\n'


@lru_cache(maxsize=8192)  # most texts and all keys are written again with the next numbers
def _text(text: str) -> str:
    """Safe in XML and in a page, as text and within quotes."""
    return escape("\n".join(map(plain, text.splitlines())))
