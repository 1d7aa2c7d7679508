"""What do the files of `rules/` say? Each to its model, with every mistake at its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from kweek.flow.catalogue import (
    FIELD_WORDS,
    RULES,
    CalendarEntry,
    EventType,
    FieldWord,
    Line,
    Person,
    Queue,
    Rules,
    SalesReadyLines,
    Sender,
    Settings,
    Team,
    Teams,
)
from kweek.flow.load.flow import parse_limit
from kweek.flow.load.reader import Reader, sentence
from kweek.flow.origin import parse_origin
from kweek.flow.problems import Located, Problem, did_you_mean, in_order
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text, Tree, read_yaml

if TYPE_CHECKING:
    from kweek.rules.grades import Grades

T = TypeVar("T")
_EVENT: Final = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_FIELD: Final = re.compile(r"[a-z][a-z0-9_]*")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_ADDRESS: Final = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")
_CAPACITY: Final = re.compile(r"(\d{1,6}) per day")
_UNSURE: Final[tuple[Literal["resend", "hold"], ...]] = ("resend", "hold")
_WORKSPACE: Final = (
    "name", "languages", "timezone", "calendar", "send_hours", "limit", "sender", "fields", "channels", "webhooks",
    "when_unsure", "websites",
)  # fmt: skip
_USUAL_WEEK: Final[Mapping[str, object]] = {"timezone": "UTC", "hours": {"monday-friday": ["09:00-17:00"]}}


def read_rules(sources: Mapping[str, str | bytes]) -> tuple[Rules, tuple[Problem, ...]]:
    """`sources`: path (`rules/events.yaml`) → text. What is absent is empty. Raises nothing."""
    problems: list[Problem] = []

    def roots(name: str) -> tuple[RulesReader, Pairs | None]:
        path = f"rules/{name}.yaml"
        reader = RulesReader(path)
        if path not in sources:
            return reader, None
        tree = read_yaml(sources[path], path)
        # a file of comments only is a list that is still to be written
        problems.extend(problem for problem in tree.problems if problem.code != "empty")
        trees[name] = tree
        return reader, tree.root

    trees: dict[str, Tree] = {}
    read = {name: roots(name) for name in RULES}

    def of(name: str, parse: Callable[[RulesReader, Pairs], T], default: T) -> T:
        reader, root = read[name]
        return parse(reader, root) if root is not None else default

    empty = Rules()
    rules = Rules(
        events=of("events", RulesReader.events, empty.events),
        calendars=of("calendars", RulesReader.calendars, empty.calendars),
        teams=of("teams", RulesReader.teams, empty.teams),
        sales_ready=of("sales-ready", RulesReader.sales_ready, empty.sales_ready),
        grades=of("scoring", RulesReader.scoring, empty.grades),
        settings=of("workspace", RulesReader.settings, empty.settings),
    )
    _check_names(rules, {name: reader for name, (reader, _) in read.items()})
    for name, (reader, _) in read.items():
        problems.extend(trees[name].unsaid(reader.problems) if name in trees else reader.problems)
    return rules, in_order(problems)


def _check_names(rules: Rules, readers: Mapping[str, RulesReader]) -> None:
    """Does what these files name of each other exist?"""

    def known(file: str, name: Located[str] | None, names: Mapping[str, object], kind: str) -> None:
        if name is not None and name.value not in names:
            what = f"There is no {kind} “{name.value}”."
            fix = did_you_mean(name.value, names) or f"Write it in rules/{kind}s.yaml"
            readers[file].note(name.at, f"unknown-{kind}", what, "", fix)

    for event in rules.events.values():
        known("events", event.source, rules.events, "event")
    for team in rules.teams.teams.values():
        known("teams", team.calendar, rules.calendars, "calendar")
    for queue in rules.teams.queues.values():
        known("teams", queue.team, rules.teams.teams, "team")
        known("teams", queue.calendar, rules.calendars, "calendar")
    known("workspace", rules.settings.calendar, rules.calendars, "calendar")
    known("workspace", rules.settings.send_hours, rules.calendars, "calendar")


class RulesReader(Reader):
    """One method per file of `rules/`."""

    # --- events.yaml ------------------------------------------------------------------------------

    def events(self, root: Pairs) -> Mapping[str, EventType]:
        return {pair.key.value: self._event(pair) for pair in root.pairs}

    def _event(self, pair: Pair) -> EventType:
        name = _key(pair)
        if not _EVENT.fullmatch(name.value):
            what = f"“{name.value}” is not the name of an event."
            self.note(name.at, "name", what, "", "An event is noun.past_verb: brochure.requested")
        if isinstance(pair.value, Text) and pair.value.empty:
            return EventType(name)
        known = self.fields(pair.value, pair.key, ("hard", "soft", "data", "from", "if"), "soft: true")
        hard, soft = self.yes(known.get("hard")), self.yes(known.get("soft"))
        if hard and soft:
            self.note(
                known["soft"].key.at, "hard-and-soft", f"“{name.value}” is hard and soft.", "", "Keep one of the two."
            )
        source, condition = self.text(known.get("from")), self.condition(known.get("if"))
        if "if" in known and "from" not in known:
            fix = "Add the event that it is made of: from: page.viewed"
            self.note(known["if"].key.at, "missing", f"“{name.value}” has an if, but no from.", "", fix)
        return EventType(name, hard, soft, self._typed(known.get("data"), "webinar: text"), source, condition)

    def _typed(self, pair: Pair | None, example: str) -> Mapping[str, Located[FieldWord]]:
        """Names of fields with their types."""
        found: dict[str, Located[FieldWord]] = {}
        for line in self.pairs(pair.value, pair.key, example) if pair else ():
            name = line.key.value
            if not _FIELD.fullmatch(name):
                what = f"“{name}” is not the name of a field."
                self.note(line.key.at, "name", what, "", "Use small letters, digits and underscores: contract_end")
            if kind := self.one_of(line, FIELD_WORDS, "field-type"):
                found[name] = kind
        return found

    def condition(self, pair: Pair | None) -> Located[str] | None:
        """A condition of which at least the grammar is right."""
        from kweek.flow.conditions import ConditionError, parse_condition

        text = self.text(pair)
        if text is None:
            return None
        try:
            parse_condition(text.value)
        except ConditionError as error:
            self.note(text.inside(error.offset), "condition", sentence(error.message), "", sentence(error.fix))
            return None
        return text

    # --- calendars.yaml ---------------------------------------------------------------------------

    def calendars(self, root: Pairs) -> Mapping[str, CalendarEntry]:
        entries = (self._calendar(pair) for pair in root.pairs)
        return {entry.name.value: entry for entry in entries if entry is not None}

    def _calendar(self, pair: Pair) -> CalendarEntry | None:
        from kweek.rules.opening import KEYS, calendar_from

        known = self.fields(pair.value, pair.key, KEYS, 'hours: monday-friday: ["09:00-17:30"]')
        if not isinstance(pair.value, Pairs):
            return None
        spec: dict[str, object] = {word: _plain(line.value) for word, line in known.items()}
        sound = True
        for word, value in spec.items():  # each by itself, so that each mistake is shown at its own place
            try:
                calendar_from({**_USUAL_WEEK, word: value})
            except ValueError as error:
                what, _, fix = str(error).partition("; ")
                self.note(known[word].value.at, "calendar", sentence(what), "", sentence(fix))
                sound = False
        if not sound:
            return None
        try:
            return CalendarEntry(_key(pair), spec, calendar_from(spec))
        except ValueError as error:
            what, _, fix = str(error).partition("; ")
            self.note(pair.key.at, "calendar", sentence(what), "", sentence(fix))
            return None

    # --- teams.yaml -------------------------------------------------------------------------------

    def teams(self, root: Pairs) -> Teams:
        known = self.known(root.pairs, ("teams", "queues"), "rules/teams.yaml")
        teams = self.pairs(known["teams"].value, known["teams"].key, "sales: members: …") if "teams" in known else ()
        queues = self.pairs(known["queues"].value, known["queues"].key, "default: team: …") if "queues" in known else ()
        return Teams({p.key.value: self._team(p) for p in teams}, {p.key.value: self._queue(p) for p in queues})

    def _team(self, pair: Pair) -> Team:
        known = self.fields(pair.value, pair.key, ("members", "manager", "calendar", "region"))
        members = self._members(known.get("members"))
        if isinstance(pair.value, Pairs) and "members" not in known:
            fix = "Add: members: - { name: anna, email: anna@example.com }"
            self.note(pair.key.at, "missing", f"“{pair.key.value}” has no members.", "Nobody would get its leads.", fix)
        manager = self._person(known["manager"].value, known["manager"].key) if "manager" in known else None
        return Team(_key(pair), members, manager, self.text(known.get("calendar")), self.text(known.get("region")))

    def _members(self, pair: Pair | None) -> tuple[Person, ...]:
        if pair is None:
            return ()
        nodes = self.items(pair.value, pair.key, "{ name: anna, email: anna@example.com }")
        members = [person for person in (self._person(node, pair.key) for node in nodes) if person is not None]
        seen: set[str] = set()
        for person in members:
            if person.name.value in seen:
                what = f"“{person.name.value}” is in this team twice."
                self.note(person.name.at, "twice", what, "Each would get every second lead.", "Delete one line.")
            seen.add(person.name.value)
        return tuple(members)

    def _person(self, node: Node, key: Text) -> Person | None:
        known = self.fields(node, key, ("name", "email"), "name: anna, email: anna@example.com")
        if not isinstance(node, Pairs):
            return None
        for word, example in (("name", "anna"), ("email", "anna@example.com")):
            if word not in known:
                self.note(node.at, "missing", f"This person has no {word}.", "", f"Add: {word}: {example}")
        name, email = self.text(known.get("name")), self.address(known.get("email"))
        return Person(name, email) if name and email else None

    def address(self, pair: Pair | None) -> Located[str] | None:
        def parse(text: str) -> str:
            if not _ADDRESS.fullmatch(text):
                raise ValueError(f"“{text}” is not an e-mail address; write one such as anna@example.com")
            return text

        return self.parsed(pair, parse, "address")

    def _queue(self, pair: Pair) -> Queue:
        def parse(text: str) -> int:
            if not (match := _CAPACITY.fullmatch(text)):
                raise ValueError(f"“{text}” is not a capacity; write: 60 per day")
            return int(match[1])

        known = self.fields(pair.value, pair.key, ("team", "calendar", "capacity"))
        capacity = self.parsed(known.get("capacity"), parse, "capacity")
        team, calendar = self.text(known.get("team")), self.text(known.get("calendar"))
        return Queue(_key(pair), team, calendar, capacity.value if capacity else None)

    # --- sales-ready.yaml and scoring.yaml --------------------------------------------------------

    def sales_ready(self, root: Pairs) -> SalesReadyLines:
        known = self.known(root.pairs, ("needs", "disqualified"), "rules/sales-ready.yaml")
        needs = self._lines(known.get("needs"), "fact", "budget")
        return SalesReadyLines(needs, self._lines(known.get("disqualified"), "because", "student"))

    def _lines(self, pair: Pair | None, word: str, example: str) -> tuple[Line, ...]:
        found: list[Line] = []
        for node in self.items(pair.value, pair.key, f"{word}: {example}") if pair else ():
            known = self.fields(node, pair.key if pair else None, (word, "if"), f"{word}: {example}, if: …")
            for key in (word, "if"):
                if isinstance(node, Pairs) and key not in known:
                    self.note(node.at, "missing", f"This line has no “{key}”.", "", f"A line is: {word}: …, if: …")
            name, condition = self.text(known.get(word)), self.condition(known.get("if"))
            if name and condition:
                found.append(Line(name, condition))
        return tuple(found)

    def scoring(self, root: Pairs) -> Grades | None:
        from kweek.rules.grades import grades_from

        # `rules` is read by who scores; here it is only known to belong
        known = self.known(root.pairs, ("grades", "rules"), "rules/scoring.yaml")
        if "grades" not in known:
            return None
        grades = known["grades"]
        lines = self.fields(grades.value, grades.key, ("profile", "engagement"), "profile: { A: 20, B: 10, C: 0 }")
        try:
            return grades_from({word: _plain(line.value) for word, line in lines.items()})
        except ValueError as error:
            what, _, fix = str(error).partition("; ")
            self.note(grades.value.at, "grades", sentence(what), "", sentence(fix))
            return None

    # --- workspace.yaml ---------------------------------------------------------------------------

    def settings(self, root: Pairs) -> Settings:
        known = self.known(root.pairs, _WORKSPACE, "rules/workspace.yaml")
        for word, example in (("name", "Example Ltd"), ("languages", "[nl, en]"), ("timezone", "Europe/Amsterdam")):
            if word not in known:
                self.note(root.at, "missing", f"The workspace has no “{word}”.", "", f"Add: {word}: {example}")
        name, timezone = self.text(known.get("name"), prose=True), self._timezone(known.get("timezone"))
        limit = self.parsed(known.get("limit"), parse_limit, "limit")
        unsure = self.one_of(known.get("when_unsure"), _UNSURE)
        return Settings(
            name=name.value if name else "Kweek",
            languages=self._languages(known.get("languages")) or ("en",),
            timezone=timezone.value if timezone else "UTC",
            calendar=self.text(known.get("calendar")),
            send_hours=self.text(known.get("send_hours")),
            limit=limit.value if limit else None,
            sender=self._sender(known.get("sender")),
            fields=self._typed(known.get("fields"), "contract_end: date"),
            channels=self._described(known.get("channels")),
            webhooks=self._described(known.get("webhooks")),
            when_unsure=unsure.value if unsure else "resend",
            websites=self._websites(known.get("websites")),
        )

    def _timezone(self, pair: Pair | None) -> Located[str] | None:
        from kweek.rules.wall import zone

        def parse(text: str) -> str:
            zone(text)
            return text

        return self.parsed(pair, parse, "timezone")

    def _languages(self, pair: Pair | None) -> tuple[str, ...]:
        found = self.texts(pair) if pair else ()
        for language in found:
            if not _LANGUAGE.fullmatch(language.value):
                what = f"“{language.value}” is not a language code."
                self.note(language.at, "language", what, "", "Write its two letters: nl, en, de, fr")
        return tuple(dict.fromkeys(language.value for language in found))

    def _websites(self, pair: Pair | None) -> tuple[str, ...]:
        found = (self.reread(text, parse_origin, "website") for text in (self.texts(pair) if pair else ()))
        return tuple(dict.fromkeys(origin.value for origin in found if origin))

    def _sender(self, pair: Pair | None) -> Sender | None:
        if pair is None:
            return None
        known = self.fields(pair.value, pair.key, ("name", "address", "reply_to", "postal_address"))
        for word, example in (("name", "Example Ltd"), ("address", "info@example.com")):
            if isinstance(pair.value, Pairs) and word not in known:
                self.note(pair.key.at, "missing", f"The sender has no “{word}”.", "", f"Add: {word}: {example}")
        name, address = self.text(known.get("name"), prose=True), self.address(known.get("address"))
        reply_to, postal = self.address(known.get("reply_to")), self.text(known.get("postal_address"), prose=True)
        if name is None or address is None:
            return None
        return Sender(name.value, address.value, reply_to.value if reply_to else None, postal.value if postal else None)

    def _described(self, pair: Pair | None) -> Mapping[str, str]:
        """Names, each with a word of explanation (which may be left out)."""
        if pair is None:
            return {}
        found: dict[str, str] = {}
        for line in self.pairs(pair.value, pair.key, "crm: our CRM"):
            found[line.key.value] = line.value.value if isinstance(line.value, Text) else ""
            if not isinstance(line.value, Text):
                self.note(line.value.at, "text-wanted", f"“{line.key.value}” takes a few words.", "", "Say what it is.")
        return found


def _key(pair: Pair) -> Located[str]:
    return Located(pair.key.value, pair.key.at, pair.key.at, pair.key.text_at)


def _plain(node: Node) -> object:
    """Nested dicts, lists and texts, for readers that take no positions."""
    match node:
        case Text():
            return node.value
        case Items():
            return [_plain(item) for item in node.items]
        case Pairs():
            return {pair.key.value: _plain(pair.value) for pair in node.pairs}
