"""How does a lead come in? The starts of a flow: events, dates, days of the week, by hand; with what each asks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kweek.flow import model as m
from kweek.flow.load.choose import is_condition
from kweek.flow.load.misplaced import joined
from kweek.flow.load.reader import Reader, said
from kweek.flow.load.texts import BETWEEN, words_in
from kweek.flow.moment import each_day, parse_at, parse_weekly
from kweek.flow.problems import Located, nearest
from kweek.flow.words import OWN_EVENT
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text

START_KEYS: Final = ("event", "at", "every", "if")
_ASKED_BESIDE: Final = re.compile(
    rf"(?:(?:on|when) )?(?P<event>{OWN_EVENT.pattern}),? "
    r"(?:if|when|where|and(?= (?:not )?(?:event|lead|company)\.)):? (?P<asked>.+)"
)

_OF_A_PAGE: Final = re.compile(rf"(?P<event>{OWN_EVENT.pattern}),? (?:of |on )?(?P<path>/\S*)")


_BY_HAND: Final = ("by hand", "by-hand", "manually", "handmatig", "hand", "met de hand", "by us", "on request")
"""What somebody may write where a colleague puts a lead in."""


def _start_word(text: str) -> tuple[str, str]:
    """The key that a start on one line should have, and what belongs behind it: `every monday 09:00`."""
    first, _, rest = text.partition(" ")
    for word, parse in (("at", parse_at), ("every", parse_weekly)):
        said = rest.strip() if first.rstrip(":") == word else text
        try:
            if " " in text and parse(said):
                return word, said
        except ValueError:
            continue
    return "event", text


class StartReader(Reader):
    """Reads `start`."""

    def _several(self, pair: Pair) -> Pair:
        """`download.taken energy.viewed`: events between which a comma is lost."""
        nodes = list[Node]()
        for node in self.listed(pair):
            plain = isinstance(node, Text) and node.style == "plain"
            words = re.split(r"(?:,|;| or| and|/)? +", node.value) if plain and isinstance(node, Text) else []
            if isinstance(node, Text) and words[1:] and all(map(OWN_EVENT.fullmatch, words)):
                fix = f"Write a line for each: - {', and - '.join(words)}"
                if node is pair.value:
                    fix = f"Write a list: {pair.key.value}: [{', '.join(words)}]"
                elif pair.value.at.line == pair.key.at.line:
                    fix = f"Part them by a comma: {', '.join(words)}"
                what = f"“{node.value}” is {len(words)} events."
                self.note(node.at, "list-wanted", what, "Each is a start of its own.", fix)
                nodes += [node._replace(value=word) for word in words]
            else:
                nodes.append(node)
        return Pair(pair.key, Items(tuple(nodes), pair.value.at))

    def starts(self, pair: Pair | None) -> tuple[m.Start, ...]:
        if pair is None:
            return ()
        if isinstance(pair.value, Items) and not pair.value.items:
            fix = "Name an event, or write: start: manual"
            self.note(pair.value.at, "empty", "“start” is an empty list.", "Nobody would ever enter.", fix)
        if (
            isinstance(pair.value, Text)
            and BETWEEN.search(pair.value.value)
            and not _ASKED_BESIDE.fullmatch(pair.value.value)
            and not _OF_A_PAGE.fullmatch(pair.value.value)
        ):
            words = [word for word in BETWEEN.split(pair.value.value) if word]
            fix = f"Write a list: {pair.key.value}: [{', '.join(words)}]"
            self.note(pair.value.at, "list-wanted", f"“{pair.value.value}” is one text.", "", fix)
            pair = Pair(pair.key, Items(tuple(pair.value._replace(value=word) for word in words), pair.value.at))
        pair = self._several(pair)
        nodes = joined(self, self._asked_apart(pair), "if", "start", lambda keys: "if" not in keys)
        starts = (self._start(node, pair.key) for node in nodes)
        return tuple(start for start in starts if start is not None)

    def _asked_apart(self, pair: Pair) -> Iterator[Node]:
        """`- fair.visited`, and below it `- if: …`: one start of two lines."""
        above: Node | None = None
        for node in self.listed(pair):
            lone = isinstance(node, Pairs) and [one.key.value for one in node.pairs] == ["if"]
            if lone and isinstance(node, Pairs) and isinstance(above, Text) and above.value != "manual":
                what, why = "This “if” has a dash of its own.", f"It belongs to the start in line {above.at.line}."
                fix = (
                    f"Write there - event: {above.value}, and take the dash away here: if in column {above.at.column}."
                )
                if above.at.line == node.at.line:
                    what = "This “if” stands beside its event, as if it were another start."
                    fix = f"Write below “start:” a list: - event: {above.value} — and below “event”, in its column: "
                    fix += f"if: {said(node.pairs[0])}"
                self.note(node.at, "start", what, why, fix)
                above = _with_event(above, node.pairs[0])
                continue
            if above is not None:
                yield above
            above = node
        if above is not None:
            yield above

    def _start(self, node: Node, key: Text) -> m.Start | None:
        if not isinstance(node, Pairs):
            text = self.text_of(node, key)
            if text is None:
                return None
            if text.value.lower() in _BY_HAND:
                self.note(text.at, "start", f"“{text.value}” is no event.", "", "Write: manual")
            if text.value == "manual" or text.value.lower() in _BY_HAND:
                return m.Start(text.at, manual=True)
            return self._moment_alone(text) or self._asked_beside(text, key) or m.Start(text.at, event=text)
        if node.pairs and "." in node.pairs[0].key.value:
            first, asked = node.pairs[0].key, node.pairs[1:]
            if [pair.key.value for pair in asked] == ["if"]:
                event = Pair(first._replace(value="event"), first)
                what, fix = f"“{first.value}” has no key.", f"Write: event: {first.value}"
                self.note(first.at, "start", what, "", fix)
                return self._start(Pairs((event, *asked), node.at), key)
            below = said(node.pairs[0])
            between = " if" if OWN_EVENT.fullmatch(first.value) and is_condition(below) else ":"
            whole = f"{first.value}{between} {below}"
            if asked := self._asked_beside(Located(whole, first.at, first.at), key):
                return asked
            what, fix = f"“{first.value}” stands where a start has its keys.", f"Write: start: {first.value}"
            self.note(first.at, "start", what, "", f"{fix} — or, of several: - {first.value}")
            return m.Start(first.at, event=first.located)
        node = self._with_its_key(node)
        known = self._under_its_key(self.fields(node, key, START_KEYS, "event: brochure.requested"))
        if len(known) < len(node.pairs) and not known.keys() & {"event", "at", "every"}:
            return None  # the key that is none has its message
        forms = [word for word in ("event", "at", "every") if word in known]
        if len(forms) != 1:
            what = f"This start says {' and '.join(forms)}." if forms else "This start does not say when."
            fix = "Write one of: event: brochure.requested; at: 90 days before lead.contract_end; every: monday 09:00"
            self.note(node.at, "start", what, "", fix)
            return None
        if "at" in known and "if" in known:
            fix = "Ask it in a choose, as the first step."
            self.note(known["if"].key.at, "start", "“at” has no “if”.", "The date itself decides.", fix)
        known = self._one_event(self._asked_behind(known))
        if self._on_days(known):
            return None
        event, condition = self.text(known.get("event")), self.text(known.get("if"))
        moment = self.parsed(known.get("at"), parse_at, "moment")
        every = self.parsed(known.get("every"), parse_weekly, "moment")
        if event is None and moment is None and every is None:
            return None
        return m.Start(node.at, event=event, condition=condition, moment=moment, every=every)

    def _asked_behind(self, known: dict[str, Pair]) -> dict[str, Pair]:
        """`event: trial.started if event.seats >= 3`"""
        pair, own = known.get("event"), known.get("if")
        found = _ASKED_BESIDE.fullmatch(pair.value.value) if pair and isinstance(pair.value, Text) else None
        if pair is None or found is None or not isinstance(pair.value, Text):
            return known
        asked = found["asked"] if own is None else f"{said(own)} and {found['asked']}"
        what, why = "A start and its condition are two lines.", "Each has its key."
        fix = f"Write: event: {found['event']} — and below it, in the same column: if: {asked}"
        if own is not None:
            fix = f"Write: event: {found['event']} — and in line {own.key.at.line}: if: {asked}"
        self.note(pair.value.at, "start", what, why, fix)
        event = pair.value._replace(value=found["event"], text_at=None)
        condition = own or Pair(pair.key._replace(value="if"), pair.value._replace(value=asked, text_at=None))
        return {**known, "event": Pair(pair.key, event), "if": condition}

    def _one_event(self, known: dict[str, Pair]) -> dict[str, Pair]:
        """`event: cart.abandoned, quote.requested`: each of the starts asks what stands below; the first is read."""
        pair = known.get("event")
        words = [one.value for one in self.listed(pair) if isinstance(one, Text)]
        words = words_in(words[0]) if len(words) == 1 else words
        if pair is None or not words[1:] or not all(map(OWN_EVENT.fullmatch, words)):
            return known
        what, why = f"“event” names {len(words)} events.", "Each is a start of its own."
        fix = f"Write: start: [{', '.join(words)}]"
        if "if" in known:
            asked = said(known["if"])
            each = " — and ".join(f"“- event: {word}”, and below “event”: “if: {asked}”" for word in words)
            why, fix = "Each is a start of its own, with its condition.", f"Write below “start:” a list: {each}"
        self.note(pair.value.at, "list-wanted", what, why, fix)
        first = Text(words[0], pair.value.at, pair.value.at)
        return {**known, "event": Pair(pair.key, first)}

    def _on_days(self, known: dict[str, Pair]) -> bool:
        """`every: monday, thursday 09:00`, and an `if` below it: each of the starts asks it."""
        every, asked = said(known.get("every")), said(known.get("if"))
        days = each_day(every)
        if len(days) < 2 or "every" not in known or "if" not in known:
            return False
        each = " — and ".join(f"“- every: {day}”, and below “every”: “if: {asked}”" for day in days)
        what, why = f"“{every}” is several moments.", "Each is a start of its own, with its condition."
        self.note(known["every"].value.at, "moment", what, why, f"Write below “start:” a list: {each}")
        return True

    def _under_its_key(self, known: dict[str, Pair]) -> dict[str, Pair]:
        """`event: 90 days before lead.contract_end`: one of our keys, and the value of another."""
        if len(known.keys() & {"event", "at", "every"}) != 1:
            return known
        word, pair = next((word, pair) for word, pair in known.items() if word != "if")
        meant, said = _start_word(pair.value.value) if isinstance(pair.value, Text) else ("event", "")
        if meant in (word, "event") or not isinstance(pair.value, Text):
            return known
        what, fix = f"“{pair.value.value}” does not stand behind “{word}”.", f"Write: {meant}: {said}"
        self.note(pair.key.at, "start", what, "", fix)
        right = Pair(pair.key._replace(value=meant), pair.value._replace(value=said, text_at=None))
        return {meant: right, **{other: one for other, one in known.items() if other != word}}

    def _with_its_key(self, node: Pairs) -> Pairs:
        """`when: fair.visited`: what stands behind it tells which key it should have."""
        keys = [pair.key.value for pair in node.pairs]
        strangers = [pair for pair in node.pairs if pair.key.value not in START_KEYS]
        if len(strangers) != 1 or {"event", "at", "every"} & {*keys} or not isinstance(strangers[0].value, Text):
            return node
        stranger, said = strangers[0], strangers[0].value.value
        word = "event" if OWN_EVENT.fullmatch(said) else _start_word(said)[0]
        own = nearest(stranger.key.value, START_KEYS) not in (None, "if")  # `when` is “if” too
        if own or (word == "event" and not OWN_EVENT.fullmatch(said)):
            return node
        what = f"“{stranger.key.value}” is not a key of “start”."
        self.note(stranger.key.at, "unknown-key", what, "", f"Did you mean “{word}”?")
        meant = Pair(stranger.key._replace(value=word), stranger.value)
        return Pairs(tuple(meant if pair is stranger else pair for pair in node.pairs), node.at)

    def _asked_beside(self, text: Located[str], key: Text) -> m.Start | None:
        """`start: brochure.requested if lead.sales_ready`. key: `start`."""
        found = _ASKED_BESIDE.fullmatch(text.value)
        if page := _OF_A_PAGE.fullmatch(text.value):
            what, why = f"“{text.value}” is an event and what it asks.", "Each has its key."
            asked = f'matches(event.path, "{page["path"]}")'
            fix = f"Write below “start:”, two spaces deeper: “event: {page['event']}”, and “if: {asked}”"
            self.note(text.at, "start", what, why, fix)
            return m.Start(text.at, event=Located(page["event"], text.at, text.key))
        if found is None:
            return None
        what, why = "A start and its condition are two lines.", "Each has its key."
        fix = f"Write below “start:”, two spaces deeper: “event: {found['event']}”, and “if: {found['asked']}”"
        if text.at.line > key.at.line:  # one of a list
            fix = f"Write: - event: {found['event']} — and below “event”, in its column: if: {found['asked']}"
        self.note(text.at, "start", what, why, fix)
        event, asked = (Located(found[word], text.at, text.key) for word in ("event", "asked"))
        return m.Start(text.at, event=event, condition=asked)

    def _moment_alone(self, text: Located[str]) -> m.Start | None:
        """`start: monday 09:00`: a moment without its key."""
        key, said = _start_word(text.value)
        if key == "event":
            return None
        what, fix = f"“{text.value}” is a moment, not an event.", f"Write: start: {{ {key}: {said} }}"
        self.note(text.at, "start", what, "", fix)
        if key == "at":
            return m.Start(text.at, moment=Located(parse_at(said), text.at, text.key))
        return m.Start(text.at, every=Located(parse_weekly(said), text.at, text.key))

    def with_its_condition(self, pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
        """An `if` in the first column belongs to `start`: it is put below it."""
        start = next((pair for pair in pairs if pair.key.value == "start"), None)
        asked = next((pair for pair in pairs if pair.key.value == "if"), None)
        if start is not None and asked is not None and isinstance(start.value, Items) and start.value.items:
            below = self._each_asked(start.value.items, asked)
            return tuple(Pair(start.key, below) if pair is start else pair for pair in pairs if pair is not asked)
        if start is None or asked is None or not isinstance(start.value, Text) or start.value.empty:
            return pairs
        word, text = _start_word(start.value.value)
        what = "“start” and its “if” are two lines below “start:”, each with its key."
        shown = f"“{word}: {text}”"
        if isinstance(asked.value, Text):
            shown += f" and “if: {asked.value.value}”"
        self.note(start.value.at, "start", what, "", f"Write below it, two spaces deeper: {shown}")
        self.told.append(range(asked.key.at.line, asked.key.at.line + 1))
        # where `every` was written before it, its text begins further to the right
        value = start.value._replace(value=text, text_at=None)
        below = Pairs((Pair(start.key._replace(value=word), value), asked), start.value.at)
        return tuple(Pair(start.key, below) if pair is start else pair for pair in pairs if pair is not asked)

    def _each_asked(self, starts: Sequence[Node], asked: Pair) -> Items:
        """An `if` beside a list of starts: each of them has its own."""
        first = starts[0]
        shown = f"- event: {first.value}" if isinstance(first, Text) else "- event: …"
        said = asked.value.value if isinstance(asked.value, Text) else "…"
        what, why = "“if” stands beside the list of starts.", "A start has its condition below it."
        fix = f"Write each start in two lines: “{shown}”, and below “event”, in its column, “if: {said}”"
        self.note(asked.key.at, "start", what, why, fix)
        return Items(tuple(_with_event(one, asked) if isinstance(one, Text) else one for one in starts), first.at)


def _with_event(event: Text, asked: Pair) -> Pairs:
    return Pairs((Pair(Text("event", event.at, event.at), event), asked), event.at)
