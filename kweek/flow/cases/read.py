"""How is a file of cases read? From a tree of texts to Cases, every mistake with its place and the nearest word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from kweek.flow.cases.case import DEFAULT_START, Case, CaseMoment, Given, LeadGiven
from kweek.flow.cases.read_answers import CALL_WORDS, AnswersReader
from kweek.flow.cases.texts import parse_moment, parse_starts
from kweek.flow.conditions.schema import FieldType, parse_value
from kweek.flow.denied import denied
from kweek.flow.lint.names import Names
from kweek.flow.load.one_slip import Reading, least_wrong
from kweek.flow.plan import Call, Plan, Task
from kweek.flow.problems import Located, Position, Problem, did_you_mean, nearest
from kweek.flow.simulate.mix import MAIL_WORDS
from kweek.flow.state import Value
from kweek.flow.words import DURING_HANDOVER, HANDOVER
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text, Trap, read_yaml

HANDOVER_WORDS: Final = (*DURING_HANDOVER, *HANDOVER)
OF_A_CALL: Final = ("interested", "not interested", "quote", "wrong person", "objected", "attempted")
ASKED: Final = ("carry on", "leave")  # where the machine itself asks a person how to go on
_SAYS: Final = {"clicked": "link", "rejected": "reason", "later": "later_on"}
KEYS: Final = ("flow", "tests")
CASE: Final = ("name", "starts", "start", "lead", "events", "expect", "leads", "mix")


def read_cases(
    source: str | bytes, file: str, plan: Plan, names: Names | None = None
) -> tuple[tuple[Case, ...], tuple[Problem, ...]]:
    """The cases of one flow. names: the workspace's; without, own fields and events are taken as they are written."""
    read = least_wrong(source, lambda slips: _read(source, file, plan, names, slips))
    return read.value, tuple(read.problems)


def _read(
    source: str | bytes, file: str, plan: Plan, names: Names | None, slips: tuple[Trap, ...]
) -> Reading[tuple[Case, ...]]:
    tree = read_yaml(source, file, about="This file of tests", slips=slips)
    if tree.root is None:
        return Reading((), tree.problems, False)
    reader = _CaseReader(file, plan, names)
    cases = tuple(reader.file_of(tree.root))
    said = [one for one in tree.problems if one.code != "second-colon" or one.line not in reader.in_braces]
    return Reading(cases, (*said, *tree.unsaid(reader.problems)), True)


class _CaseReader(AnswersReader):
    def __init__(self, file: str, plan: Plan, names: Names | None) -> None:
        super().__init__(file, plan, names)
        tasks = [step for step in plan.steps.values() if isinstance(step, Task)]
        scripts = [survey.outcomes for survey in self.names.surveys.values()]
        outcomes = {outcome for some in (*scripts, *(task.outcomes for task in tasks)) for outcome in some}
        given = (*MAIL_WORDS, *CALL_WORDS, *HANDOVER_WORDS, *sorted(outcomes), *ASKED, *self.names.events)
        self.words = tuple(dict.fromkeys(given))
        callers = [step for step in plan.steps.values() if isinstance(step, Call)]
        said = {outcome for task in tasks for outcome in task.outcomes} | {*HANDOVER_WORDS, *self.names.events}
        self.calls = frozenset() if callers else frozenset(OF_A_CALL) - said
        """What nobody does in this flow, for it calls nobody."""
        asked = [self.names.surveys[call.script] for call in callers if call.script in self.names.surveys]
        outcomes = (*(one for some in (*tasks, *asked) for one in some.outcomes), *(OF_A_CALL if callers else ()))
        self.outcomes = tuple(dict.fromkeys(outcomes))
        """What its own tasks and scripts come to."""
        self.in_braces: set[int] = set()
        """Lines of which it is said that braces are missing."""

    # --- the file ------------------------------------------------------------------------------------

    def file_of(self, root: Pairs) -> Iterator[Case]:
        found = self.known(root.pairs, KEYS, "a file of tests", ("flow", "tests"))
        flow = self.text(found.get("flow"))
        if flow and flow.value != self.plan.flow:
            what, name = f"This file tests “{self.plan.flow}”, by its name.", self.plan.flow
            self.note(flow.at, "flow-name", what, "", f"Write flow: {name} — or rename the file to {flow.value}.yaml.")
        if "tests" not in found:
            self.note(root.at, "missing-key", "There are no tests here.", "", "Write them below “tests:”, with dashes.")
            return
        names = dict[str, Position]()
        for node in self.items(found["tests"].value, found["tests"].key, "name: opened but not filled in"):
            case = self.case(node)
            if case is None:
                continue
            if case.name in names:
                fix = "Give each its own: a name says what is promised."
                self.note(case.at, "same-name", f"Two tests are named “{case.name}”.", "", fix)
            names[case.name] = case.at
            yield case

    def case(self, node: Node) -> Case | None:
        example = "name: what is promised, events: …, expect: …"
        found = self.fields(node, None, CASE, example, ("name", "expect"))
        if not found:
            return None
        name = self.text(found.get("name"), prose=True)
        start, data = self.start(found.get("start"))
        starts = self.parsed(found.get("starts"), parse_starts, "moment")
        expected, ends, counts = self.expect(found.get("expect"))
        leads = self.count(found.get("leads"))
        self._whole(node.at, found)
        if leads and any(one.day is not None for one in expected):
            fix = "Count them: after 60 days: {send survey: 1000}."
            self.note(node.at, "mix", "Leads that do different things have no day in common.", "", fix)
        return Case(
            flow=self.plan.flow,
            file=self.file,
            name=name.value if name else "",
            at=name.at if name else node.at,
            starts=starts.value if starts else DEFAULT_START,
            start=start,
            data=data,
            lead=self.lead(found["lead"]) if "lead" in found else LeadGiven(),
            given=tuple(self.events(found["events"])) if "events" in found else (),
            expected=expected,
            ends=ends,
            counts=counts,
            leads=leads.value if leads else 1,
            mix=tuple(self.mix(found["mix"])) if "mix" in found else (),
        )

    def _whole(self, at: Position, found: Mapping[str, Pair]) -> None:
        """Has it all that a case needs?"""
        if "name" not in found:
            self.note(at, "missing-key", "This test has no name.", "", "Write name: and what is promised.")
        if "expect" not in found:
            fix = "Write expect: with what shall happen on which day."
            self.note(at, "missing-key", "This test expects nothing.", "It could not fail.", fix)
        if ("mix" in found) != ("leads" in found):
            fix = "Write both (leads: 1000, mix: {opened: 45%}), or neither."
            self.note(at, "mix", "“leads” and “mix” belong together.", "", fix)

    def start(self, pair: Pair | None) -> tuple[str | None, Mapping[str, Value]]:
        if pair is None:
            return None, {}
        word, says, key = self._said(pair.value, pair.key)
        if word is None:
            return None, {}
        known = tuple(start.event for start in self.plan.start if start.event)
        if word.value not in known:
            what = f"“{word.value}” does not start this flow."
            self.note(word.at, "unknown-event", what, "", did_you_mean(word.value, known))
        return word.value, self.data(word.value, says, key)

    # --- events --------------------------------------------------------------------------------------

    def events(self, pair: Pair) -> Iterator[Given]:
        for one in self.pairs(pair.value, pair.key, "day 7 + 2 hours: opened"):
            when = self.keyed(one.key, parse_moment, "moment")
            for node in self.listed(one):
                word, says, key = self._said(node, one.key)
                if word and when and self._is_word(word, one.key):
                    yield self._given(when, word, says, key)

    def _given(self, when: CaseMoment, word: Located[str], says: Node | None, key: Text) -> Given:
        kind, name = word.value, _SAYS.get(word.value)
        match says:
            case None:
                return Given(when, kind, word.at)
            case Text() if kind == "call_back":
                moment = self.read_text(says, key, parse_moment)
                return Given(when, kind, word.at, call_back=moment)
            case Text() if kind == "later":
                day = self.read_text(says, key, lambda text: parse_value(text, FieldType("date")))
                return Given(when, kind, word.at, {"later_on": day} if isinstance(day, date) else {})
            case Text() if name:
                text = self.text_of(says, key)
                if kind == "clicked" and text:
                    self._link(text)
                return Given(when, kind, word.at, {name: text.value} if text else {})
            case Text() if kind in MAIL_WORDS:
                text = self.text_of(says, key)
                return Given(when, kind, word.at, what=self._mail(text) if text else None)
            case Pairs() if kind in self.names.events or (not self.strict and "." in kind):
                return Given(when, kind, word.at, self.data(kind, says, key))
            case Pairs() if kind == "clicked":
                return self._clicked(when, word, says, key)
            case Pairs():
                return Given(when, kind, word.at, facts=self.answers(word, says, key))
            case _:
                fix = f"Write {kind} alone, or what there is to say: {{{kind}: …}}."
                self.note(word.at, "event", f"“{kind}” says nothing like this.", "", fix)
                return Given(when, kind, word.at)

    def _clicked(self, when: CaseMoment, word: Located[str], says: Pairs, key: Text) -> Given:
        """`clicked: {link: book-a-demo, mail: survey}`."""
        found = self.fields(says, key, ("link", "mail"))
        link, mail = self.text(found.get("link")), self.text(found.get("mail"))
        what = self._mail(mail) if mail else None
        if link:
            self._link(link)
        return Given(when, word.value, word.at, {"link": link.value} if link else {}, what=what)

    def _said(self, node: Node, key: Text) -> tuple[Located[str] | None, Node | None, Text]:
        """A word, or `{word: what it says}`."""
        if isinstance(node, Pairs) and len(node.pairs) == 1:
            pair = node.pairs[0]
            return pair.key.located, pair.value, pair.key
        if isinstance(node, Pairs | Items):
            fix = "Write them as a list: [opened, {clicked: book-a-demo}]."
            self.note(node.at, "event", "One thing happens at a time here.", "", fix)
            return None, None, key
        return self.text_of(node, key), None, key

    def _is_word(self, word: Located[str], key: Text) -> bool:
        if word.value in self.calls and self.strict:
            what, why = f"“{word.value}” is what a call comes to.", "This flow calls nobody."
            self.note(word.at, "unknown-event", what, why, "Take it away, or test the flow that calls.")
            return False
        if word.value == "answered" and self.strict and not self.may_answer():
            what, why = "Nobody can answer here.", "No mail of this flow has a survey."
            fix = "Take it away, or name the survey in the front matter of the mail: survey: …"
            self.note(word.at, "nobody-answers", what, why, fix)
            return False
        if word.value in self.words or (not self.strict and "." in word.value):
            return True
        first, _, rest = word.value.partition(" ")
        fix = self._meant(word.value, self.words)
        if first[-1:] == ":" and first[:-1] in self.words and rest:
            self.in_braces.add(word.at.line)
            fix = f"Write: {key.value}: {{ {word.value} }}"
        elif first == "clicked" and rest:
            fix = f"Write {{clicked: {rest}}}."
        elif denied(word.value, self.words):
            fix = "Take it away: what a test does not name does not happen."
        elif word.value == "unreachable":
            fix = "Write attempted, as often as the call step allows: the flow itself concludes the rest."
        self.note(word.at, "unknown-event", f"“{word.value}” is not something that people do.", "", fix)
        return False

    def _meant(self, word: str, words: Sequence[str]) -> str:
        """The fix: first of all, it is what a task or a call of this flow comes to."""
        near = nearest(word, self.outcomes) or nearest(word, words)
        if near is None and self.outcomes:
            return f"The tasks and calls of this flow come to: {', '.join(self.outcomes)}."
        return f"Did you mean “{near}”?" if near else did_you_mean(word, words)

    def mix(self, pair: Pair) -> Iterator[tuple[str, int]]:
        words = (*self.words, "unreachable")
        total = 0
        for one in self.pairs(pair.value, pair.key, "opened: 45%"):
            share = self.share(one)
            if one.key.value not in words and (self.strict or "." not in one.key.value):
                fix = self._meant(one.key.value, words)
                self.note(one.key.at, "unknown-event", f"“{one.key.value}” is not something that people do.", "", fix)
            elif share:
                total += share.value if one.key.value in MAIL_WORDS else 0
                yield one.key.value, share.value
        if total > 100:
            self.note(pair.key.at, "share", f"What happens to a mail makes {total}%.", "", "Make it 100% or less.")

    def _mail(self, text: Located[str]) -> str | None:
        mails = self.nouns["send"]
        if text.value not in mails:
            what = f"This flow sends no mail “{text.value}”."
            self.note(text.at, "unknown-mail", what, "", did_you_mean(text.value, mails))
        return text.value

    def _link(self, text: Located[str]) -> None:
        links = {
            link for mail in self.nouns["send"] if mail in self.names.mails for link in self.names.mails[mail].links
        }
        if self.strict and text.value not in links:
            what = f"No mail of this flow has a link “{text.value}”."
            self.note(text.at, "unknown-link", what, "", did_you_mean(text.value, sorted(links)))
