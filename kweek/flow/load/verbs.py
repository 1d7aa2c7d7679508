"""What does a verb say? One function per verb, from its argument and options to its class in the model."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final, cast, get_args

from msgspec.structs import replace

from kweek.flow import model as m
from kweek.flow.duration import Duration, parse_duration
from kweek.flow.load.choose import Known
from kweek.flow.load.points import POINTS, of_an_axis
from kweek.flow.load.reader import said, unread
from kweek.flow.load.rungs import SOME_TIME
from kweek.flow.load.shares import ShareReader
from kweek.flow.load.targets import missing
from kweek.flow.load.texts import parse_points, parse_times, words_in
from kweek.flow.moment import Moment, parse_wait
from kweek.flow.options import OPTIONS
from kweek.flow.problems import Located, nearest
from kweek.flow.words import CALL, HANDOVER, LEAD_WIDE, MAIL, EndingKind
from kweek.flow.yaml import Items, Pair, Pairs, Text
from kweek.rules.grades import Axis

PREFER: Final = ("owner", "same person")
PRIORITIES: Final = ("high", "normal", "low")
_WITH_REASON: Final = re.compile(rf"(?P<ending>{'|'.join(m.ENDINGS)})(?: ?[,;(-] ?| because:? )(?P<reason>\S[^()]*)\)?")
_AND_THEN: Final = re.compile(r"(?P<times>\d+ times?),? (?:and )?then:? (?:go:? )?(?P<to>.+)")
_BACK: Final = re.compile(r"(?P<time>\d+ .+?) (?:before|prior|ahead|early|earlier|left)\b.*")
_APART: Final = re.compile(r" *[,;/|] *")
"""What stands between outcomes of several words: `sent / out of stock`."""
_OF_ALL_TASKS: Final = ("else", "otherwise", *LEAD_WIDE)
_WITHIN_WHY: Final = "Else the lead would wait here for ever."


class VerbReader(ShareReader):
    """Each verb's argument (the pair whose key is the verb), its id, and the options that are known. What of them
    cannot be read is left out or stood in for, and the step stays: all that is wrong with it is said at once."""

    # --- verbs that wait --------------------------------------------------------------------------

    def wait(self, verb: Pair, id_: Located[str] | None, known: Known) -> m.Wait:
        until = self.parsed(verb, parse_wait, "duration")
        if until and until.value.date_field and not said(verb).startswith("until"):
            until = replace(until, said=said(verb))
        stand_in = Located(Moment(within=SOME_TIME), verb.key.at, verb.key.at, said=said(verb))
        when, otherwise = self.reactions(known.get("when")), self.otherwise(known.get("otherwise"))
        return m.Wait(at=verb.key.at, id=id_, until=until or stand_in, when=when, otherwise=otherwise)

    def send(self, verb: Pair, id_: Located[str] | None, known: Known) -> m.Send:
        mails = self.mails(verb, id_)
        within = self._time(verb, known.get("within"))
        clause = known.get("when") or known.get("otherwise")
        if clause and "within" not in known:
            why = "Without it the lead carries on as soon as the mail has left, and nobody waits for a reaction."
            missing(self, clause.key.at, "send", "within", why, "7 days")
        when, otherwise = self.reactions(known.get("when"), heard=MAIL), self.otherwise(known.get("otherwise"))
        expires = self._time(verb, known.get("expires"))
        return m.Send(
            at=verb.key.at, id=id_, mails=mails, expires=expires, within=within, when=when, otherwise=otherwise
        )

    def call(self, verb: Pair, id_: Located[str] | None, known: Known) -> m.Call:
        script = self.name(verb) or unread(verb)
        within = self._within(verb, known, "5 business days")
        priority = self.one_of(known.get("priority"), PRIORITIES)
        queue, apart = self.text(known.get("queue")), self._time(verb, known.get("apart"))
        attempts = self.count(known.get("attempts"))
        when, otherwise = self.reactions(known.get("when")), self.otherwise(known.get("otherwise"))
        return m.Call(
            at=verb.key.at, id=id_, script=script, within=within, queue=queue, priority=priority,
            attempts=attempts, apart=apart, when=when, otherwise=otherwise,
        )  # fmt: skip

    def _within(self, verb: Pair, known: Known, example: str) -> Located[Duration]:
        if "within" not in known:
            missing(self, verb.key.at, verb.key.value, "within", _WITHIN_WHY, example)
        within = self._time(verb, known.get("within"))
        return within or Located(SOME_TIME, verb.key.at, verb.key.at, said=said(None))

    def _time(self, verb: Pair, pair: Pair | None) -> Located[Duration] | None:
        """None only where nothing is written."""
        if pair is None:
            return None
        return self.duration(pair) or Located(SOME_TIME, verb.key.at, verb.key.at, said=said(pair))

    def _counted_on(self, pair: Pair | None, whole: Located[Duration] | None) -> Pair | None:
        """`remind: 2 hours before`: of the whole time, what is left. As it was, where nobody can reckon that."""
        back = _BACK.fullmatch(pair.value.value) if pair and isinstance(pair.value, Text) else None
        if pair is None or back is None or whole is None or not isinstance(pair.value, Text):
            return pair
        try:
            time = parse_duration(back["time"])
        except ValueError:
            return pair
        left = replace(whole.value, amount=whole.value.amount - time.amount)
        if (time.unit, time.business) != (left.unit, left.business) or left.amount < 1:
            return pair
        what, why = f"“{pair.value.value}” counts back.", "“remind” counts from the beginning, as the promise does."
        self.note(pair.value.at, "duration", what, why, f"Write {left}.")
        return Pair(pair.key, pair.value._replace(value=str(left), text_at=None))

    def handover(self, verb: Pair, id_: Located[str] | None, known: Known) -> m.Handover:
        team = self.text(verb) or unread(verb)
        prefer = self.one_of(known.get("prefer"), PREFER)
        follow_up = self._time(verb, known.get("follow_up"))
        remind = self._time(verb, self._counted_on(known.get("remind"), follow_up))
        escalate, when = self.rungs(known.get("escalate")), self.reactions(known.get("when"), closing=HANDOVER)
        return m.Handover(
            at=verb.key.at, id=id_, team=team, prefer=prefer, follow_up=follow_up, remind=remind,
            escalate=escalate, when=when,
        )  # fmt: skip

    def task(self, verb: Pair, id_: Located[str] | None, known: Known) -> m.Task:
        title = self.text(verb, prose=True) or unread(verb)
        within = self._within(verb, known, "3 business days")
        lost = () if "outcomes" in known else self._outcomes_lost(verb, known.get("when"))
        outcomes = self._outcomes(known["outcomes"], known.get("when")) if "outcomes" in known else lost
        to, remind = self.text(known.get("to")), self._time(verb, self._counted_on(known.get("remind"), within))
        escalate = self.rungs(known.get("escalate"))
        closing = tuple(one.value for one in outcomes) or ("done",)
        when = self.reactions(known.get("when"), closing=closing)
        otherwise = self.otherwise(known.get("otherwise"))
        return m.Task(
            at=verb.key.at, id=id_, title=title, within=within, to=to, outcomes=outcomes, remind=remind,
            escalate=escalate, when=when, otherwise=otherwise,
        )  # fmt: skip

    def _outcomes(self, pair: Pair, when: Pair | None) -> tuple[Located[str], ...]:
        value, named = pair.value, {line.key.value for line in _lines_of(when)}
        if isinstance(value, Pairs) and all(isinstance(one.value, Text) for one in value.pairs):
            words = [one.key for one in value.pairs]
            fix = f"Write square brackets: outcomes: [{', '.join(word.value for word in words)}]"
            self.note(value.at, "list-wanted", "“outcomes” takes a list.", "", fix)
            return tuple(word.located for word in words)
        nodes = value.items if isinstance(value, Items) else (value,)
        only = nodes[0] if len(nodes) == 1 else None
        both = [words_in(only.value), words_in(only.value, _APART)] if isinstance(only, Text) else []
        parts = next((parts for parts in both if len(parts) > 1 and named.issuperset(parts)), list[str]())
        if isinstance(only, Text) and parts:
            fix, why = f"Write a list: outcomes: [{', '.join(parts)}]", f"Below “when” stand {len(parts)} outcomes."
            self.note(only.at, "list-wanted", f"“{only.value}” is one text.", why, fix)
            return tuple(Located(part, only.at, pair.key.at) for part in parts)
        found = tuple(self._two_outcomes(one, named) for one in self.texts(pair))
        found = self._each_once(tuple(one for some in found for one in some))
        return found if len(found) >= len(nodes) else (*found, unread(pair))

    def _each_once(self, outcomes: tuple[Located[str], ...]) -> tuple[Located[str], ...]:
        """Each outcome, where one was said twice."""
        said = [one.value for one in outcomes]
        once = tuple(one for n, one in enumerate(outcomes) if one.value not in said[:n])
        twice = next((one for n, one in enumerate(outcomes) if one.value in said[:n]), None)
        if twice is not None:
            fix = f"Write: outcomes: [{', '.join(one.value for one in once)}]"
            self.note(twice.at, "twice", f"“{twice.value}” stands twice among these outcomes.", "", fix)
        return once if twice else outcomes

    def _outcomes_lost(self, verb: Pair, when: Pair | None) -> tuple[Located[str], ...]:
        """Those that have their lines below `when`, though no line says that they are outcomes."""
        lines = [line.key for line in _lines_of(when)]
        own = [key.located for key in lines if "." not in key.value and nearest(key.value, _OF_ALL_TASKS) is None]
        if len(own) < 2 or any(line.value in ("done", *MAIL, *CALL) for line in lines):
            return ()
        shown = f"outcomes: [{', '.join(word.value for word in own)}]"
        what, why = "This task has no “outcomes”.", f"Below “when” stand {len(own)} that it could have."
        self.note(verb.key.at, "missing", what, why, f"Add: {shown}")
        return tuple(own)

    def _two_outcomes(self, outcome: Located[str], named: Collection[str]) -> tuple[Located[str], ...]:
        """Two of which `when` has a line each, and between which a comma is lost."""
        words = outcome.value.split(" ")
        halves = ((" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words)))
        two = next((pair for pair in halves if set(pair) <= set(named) and outcome.value not in named), None)
        if two is None:
            return (outcome,)
        what, why = f"“{outcome.value}” is one text.", "Below “when” stand two outcomes."
        self.note(outcome.at, "list-wanted", what, why, f"Part them by a comma: {two[0]}, {two[1]}")
        return tuple(Located(word, outcome.at, outcome.key) for word in two)

    # --- verbs that lead elsewhere ----------------------------------------------------------------

    def ending_meant(self, node: Pairs, verb: Pair) -> tuple[Pairs, Pair]:
        """`go: done` as the `end` that it is, so that what stands beside it is read as its own."""
        said = verb.value
        to = said.value if isinstance(said, Text) else ""
        if verb.key.value != "go" or to not in ("end", *m.ENDINGS) or to in self.paths - set(m.ENDINGS):
            return node, verb
        what, why = f"“go” jumps; “{to}” ends.", ""
        if to == "end":
            what, why = "“go” jumps; “end” is no place to jump to.", "An ending is a step of its own."
        result = "done" if to == "end" else to
        fix = f"Write: - end: {result}"
        if again := [pair.key for pair in node.pairs if pair.key.value in OPTIONS["go"]]:
            words = " and ".join(f"“{key.value}”" for key in again)
            fix += f" — and take {words} below it away: nobody comes back from an ending"
        self.note(said.at, "go", what, why, fix)
        left = tuple(pair for pair in node.pairs if pair.key not in again)
        return Pairs(left, node.at), Pair(verb.key._replace(value="end"), Text(result, said.at, said.at))

    def go(self, verb: Pair, id_: Located[str] | None, known: Known) -> m.Go:
        target = self.aim(verb)
        known = self._then_apart(known)
        at_most = self.parsed(known.get("at_most"), parse_times, "times")
        if at_most is None and "at_most" in known:
            at_most = Located(1, known["at_most"].value.at, known["at_most"].key.at, said=said(known["at_most"]))
        then = self.aim(known["then"]) if "then" in known else None
        match target:
            case m.Next() | m.Inline(steps=(_, *_)):
                fix = "Delete the step; a list carries on below by itself."
                if not self.follows:
                    fix = "Nothing stands below it: name a path — or, to end here, write: - end: done"
                self.note(target.at, "go", "“go” needs the name of a path, steps, or a flow.", "", fix)
                target = m.Inline((), target.at)
            case m.ToPath(name=name) if "then" in known and "at_most" not in known and name in {*self.paths, "steps"}:
                why = "“then” is for when “at_most” is used up, or another flow refuses."
                self.note(known["then"].key.at, "go", "“then” is never reached.", why, "Add: at_most: 3 times")
            case _:
                pass
        return m.Go(at=verb.key.at, id=id_, target=target, at_most=at_most, then=then)

    def _then_apart(self, known: Known) -> Known:
        """`at_most: 2 times, then given-up`: two options in one."""
        pair = known.get("at_most")
        found = _AND_THEN.fullmatch(pair.value.value) if pair and isinstance(pair.value, Text) else None
        if pair is None or found is None or "then" in known or not isinstance(pair.value, Text):
            return known
        what, why = f"“{pair.value.value}” says two things.", "“then” has a line of its own."
        fix = f"Write: at_most: {found['times']} — and below it: then: {found['to']}"
        self.note(pair.value.at, "times", what, why, fix)
        times, to = (pair.value._replace(value=found[word], text_at=None) for word in ("times", "to"))
        return {**known, "at_most": Pair(pair.key, times), "then": Pair(pair.key._replace(value="then"), to)}

    def end(self, verb: Pair, id_: Located[str] | None, known: Known) -> m.End:
        if isinstance(verb.value, Text) and verb.value.value in self.paths - set(m.ENDINGS):
            what, fix = f"“{verb.value.value}” is a path, not an ending.", f"Write: - go: {verb.value.value}"
            self.note(verb.value.at, "ending", what, "“end” takes the lead out of the flow.", fix)
            return m.End(at=verb.key.at, id=id_, result=Located("done", verb.value.at, verb.key.at))
        if isinstance(verb.value, Text) and verb.value.value.startswith("flow "):
            what, fix = f"“{verb.value.value}” is no ending.", f"Write: - go: {verb.value.value}"
            self.note(verb.value.at, "ending", what, "“end” takes the lead out of this flow, and into no other.", fix)
            return m.End(at=verb.key.at, id=id_, result=Located("done", verb.value.at, verb.key.at))
        if isinstance(verb.value, Text) and (found := _WITH_REASON.fullmatch(verb.value.value)):
            what, fix = f"“{verb.value.value}” is an ending and its reason.", f"Write: end: {found['ending']}"
            self.note(verb.value.at, "ending", what, "", f"{fix} — and below it: because: {found['reason']}")
            ending: EndingKind = cast("EndingKind", found["ending"])
            result = Located[EndingKind](ending, verb.value.at, verb.key.at)
            return m.End(at=verb.key.at, id=id_, result=result)
        result = self.one_of(verb, m.ENDINGS, "ending") or Located("done", verb.value.at, verb.key.at, said=said(verb))
        because = self.text(known.get("because"), prose=True)
        return m.End(at=verb.key.at, id=id_, result=result, because=because)

    # --- verbs that are done at once --------------------------------------------------------------

    def score(self, verb: Pair, id_: Located[str] | None, known: Known) -> m.Score:
        found: list[tuple[Axis, Located[int]]] = []
        if isinstance(verb.value, Text) and POINTS.fullmatch(verb.value.value):
            what, why = f"“{verb.value.value}” does not say of which score.", "There are profile, intent and interest."
            fix = f"Write: score: {{ interest: {verb.value.value.split()[0]} }} — or intent, or profile, in its place"
            self.note(verb.value.at, "keys-wanted", what, why, fix)
            return m.Score(at=verb.key.at, id=id_, points=())
        axes = self.fields(of_an_axis(self, verb.value), verb.key, get_args(Axis), "intent: +5")
        for axis, pair in axes.items():
            points = self.parsed(pair, parse_points, "points")
            stand_in = Located(0, pair.value.at, pair.key.at, said=said(pair))
            found.append((cast("Axis", axis), points or stand_in))
        if isinstance(verb.value, Pairs) and not verb.value.pairs:
            self.note(verb.value.at, "empty", "“score” gives no points.", "", "Write: score: { intent: +5 }")
        because = self.text(known.get("because"), prose=True)
        return m.Score(at=verb.key.at, id=id_, points=tuple(found), because=because)

    def tag(self, verb: Pair, id_: Located[str] | None, known: Known) -> m.Tag:
        return m.Tag(at=verb.key.at, id=id_, tags=self.texts(verb))

    def untag(self, verb: Pair, id_: Located[str] | None, known: Known) -> m.Untag:
        return m.Untag(at=verb.key.at, id=id_, tags=self.texts(verb))

    def set(self, verb: Pair, id_: Located[str] | None, known: Known) -> m.Set:
        pairs = self.pairs(verb.value, verb.key, "contract_end: event.ends_on")
        found: list[tuple[Located[str], Located[str]]] = []
        for pair in pairs:
            if value := self.text_of(pair.value, pair.key, prose=True, blank=True):
                found.append((pair.key.located, value))
        return m.Set(at=verb.key.at, id=id_, fields=tuple(found))

    def tell(self, verb: Pair, id_: Located[str] | None, known: Known) -> m.Tell:
        to, text, mail = (
            self.text(verb) or unread(verb),
            self.text(known.get("text"), prose=True),
            self.name(known.get("mail")),
        )
        if "text" in known and "mail" in known:
            fix = "Keep one of the two."
            self.note(known["mail"].key.at, "tell", "“tell” has a text and a mail.", "A colleague hears once.", fix)
        return m.Tell(at=verb.key.at, id=id_, to=to, text=text, mail=mail)

    def webhook(self, verb: Pair, id_: Located[str] | None, known: Known) -> m.Webhook:
        return m.Webhook(at=verb.key.at, id=id_, name=self.text(verb) or unread(verb))


def _lines_of(clause: Pair | None) -> tuple[Pair, ...]:
    return clause.value.pairs if clause is not None and isinstance(clause.value, Pairs) else ()
