"""Does everything that a flow names exist? Mails, surveys, teams, queues, calendars, people, fields, links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kweek.flow.conditions.codes import CODES
from kweek.flow.conditions.instead import instead
from kweek.flow.conditions.schema import FieldType, dates_of
from kweek.flow.ids import name_steps
from kweek.flow.lint.names import COMPUTED, Names, start_data
from kweek.flow.lint.offers import (
    capacity_for_queue,
    hours_for_calendar,
    missing_date,
    no_address,
    no_colleague,
    no_event,
    no_field,
    no_tag,
    not_a_date,
    with_until,
)
from kweek.flow.lint.reentry import check_reentry
from kweek.flow.lint.report import Report
from kweek.flow.lint.set_values import field_meant, unfit_value
from kweek.flow.lint.tags import check_tags
from kweek.flow.lint.zones import check_timezone
from kweek.flow.load.says import several_names
from kweek.flow.load.texts import ADDRESS
from kweek.flow.meant import meant
from kweek.flow.model import Call, Flow, Handover, Send, Set, Tag, Task, Tell, Untag, Wait, Webhook
from kweek.flow.moment import heard_below
from kweek.flow.problems import Located, did_you_mean, nearest, sentence, value_of
from kweek.flow.words import BUILT_IN


def check_names(flow: Flow, names: Names, report: Report) -> None:
    look = _Look(flow, names, report)
    look.at_the_top()
    look.moved()
    for step in flow.walk():
        match step:
            case Send():
                for share in step.mails:
                    look.mail(share.mail, half=len(step.mails) > 1)
                look.links(step)
            case Call():
                look.script(step.script)
                look.one(step.queue, names.queues, "queue", "queues of rules/teams.yaml")
            case Handover():
                look.team(step.team)
                look.rungs(step)
            case Task():
                look.worker(step.to)
                look.rungs(step)
            case Tell():
                look.person(step.to)
                look.mail(step.mail)
            case Webhook():
                look.one(step.name, names.webhooks, "webhook", "webhooks of rules/workspace.yaml")
            case Set():
                for field, value in step.fields:
                    look.setting(field, value)
            case Wait():
                look.date(step.until.value.date_field, step.until)
                look.links(step)
            case Tag():
                check_tags(step, flow, names, report)
            case Untag():
                for tag in step.tags:
                    look.tag(tag)
            case _:
                pass


class _Look:
    def __init__(self, flow: Flow, names: Names, report: Report) -> None:
        self.flow, self.names, self.report = flow, names, report
        self.data = start_data(flow, names)
        self._missing: set[str] = set()
        sends = (step for step in flow.walk() if isinstance(step, Send))
        mails = {share.mail.value for step in sends for share in step.mails}
        self._sent = sorted(mail for mail in mails if mail is not None)

    def at_the_top(self) -> None:
        flow, names = self.flow, self.names
        self._calendar(flow.send_hours)
        self._pace(flow.pace)
        if flow.timezone and flow.timezone.value != "lead":
            check_timezone(flow.timezone, self.report)
        check_reentry(flow, names, self.report)
        asked = [(value_of(start.event), value_of(start.condition)) for start in flow.start]
        for number, start in enumerate(flow.start):
            if start.event and asked[number] in asked[:number]:
                what, fix = f"“{start.event.value}” starts this flow twice", "Delete one of the two"
                self.report.error(start.event.at, "twice", what, "", fix)
            if start.event and start.event.value in BUILT_IN and start.event.value not in names.events:
                what, why = f"“{start.event.value}” cannot start a flow", "it happens to a lead that is in one already"
                fix = f"Name one of your own events: {', '.join(sorted(names.events)) or 'rules/events.yaml has them'}"
                if alike := sorted(event for event in names.events if event.startswith(f"{start.event.value}.")):
                    fix = f"Did you mean “{alike[0]}”?"
                self.report.error(start.event.at, "unknown-event", what, why, fix)
            elif start.event and nearest(start.event.value, (*names.events, "manual")) == "manual":
                what = f"There is no event “{start.event.value}”"
                self.report.error(start.event.at, "unknown-event", what, "", "Did you mean “manual”?")
            elif start.event and start.event.value and start.event.value not in names.events:
                what, why = (
                    f"There is no event “{start.event.value}”",
                    "an event is declared once, in rules/events.yaml",
                )
                fix = no_event(start.event.value, names.events, flow.name.value)
                self.report.error(start.event.at, "unknown-event", what, why, fix)
            if start.moment:
                self.date(start.moment.value.date_field, start.moment)
        for line in flow.whenever:
            if line.link:
                self._link(line.link, line.event, self._sent)

    def moved(self) -> None:
        ids = name_steps(self.flow)[0].values()
        for old, new in self.flow.moved:
            if new.value not in ids:
                fix = did_you_mean(new.value, ids)
                self.report.error(new.at, "unknown-step", f"There is no step with the id “{new.value}”", "", fix)
            elif old.value in ids:
                what, why = f"The step “{old.value}” is still there", "a lead that stands on it need not move"
                self.report.error(old.at, "moved-in-vain", what, why, "Take the line away")

    def one(self, name: Located[str] | None, known: Iterable[str], kind: str, where: str) -> None:
        """where: the place in which the author could add it; `{}` is the name."""
        if not (name and name.value) or name.value in (
            words := tuple(known) if isinstance(known, tuple) else tuple(sorted(known))
        ):
            return
        fix = did_you_mean(name.value, words)
        if not words or fix.startswith(("There are", "The nearest are")):
            add = f"{'write' if '{}' in where else 'add it to'} {where.replace('{}', name.value)}"
            fix = f"{fix} Or {add}." if words else add
        self.report.error(name.at, f"unknown-{kind}", f"There is no {kind} “{name.value}”", "", fix.strip())

    def mail(self, name: Located[str | None] | Located[str] | None, *, half: bool = False) -> None:
        """half: it is one of an A/B test, where nothing may be sent too."""
        if not (name and name.value):
            return
        if half and name.value not in self.names.mails and meant(name.value, ("nothing",)):
            self.report.error(
                name.at, "unknown-mail", f"There is no mail “{name.value}”", "", "Did you mean “nothing”?"
            )
            return
        mail = self.names.mails.get(name.value)
        if mail is None and name.value in self.names.surveys:
            asks = [other for other, one in sorted(self.names.mails.items()) if one.survey == name.value]
            fix = f"Name a mail that asks it: {', '.join(asks)}"
            if not asks:
                fix = f"Name a mail, and write in its front matter: survey: {name.value}"
            self.report.error(name.at, "unknown-mail", f"“{name.value}” is a survey, not a mail", "", fix)
        elif mail is None:
            self.one(Located(name.value, name.at, name.key), self.names.mails, "mail", self._files("{}"))
        if mail is None:
            return
        lacks = [language for language in self.names.languages if language not in mail.languages]
        if lacks and name.value not in self._missing:
            self._missing.add(name.value)
            files = self._files(name.value, lacks)
            why = f"the workspace writes in {', '.join(self.names.languages)}"
            what = f"The mail “{name.value}” is not there in {' and '.join(lacks)}"
            self.report.error(name.at, "mail-language", what, why, f"Write {files}")

    def _files(self, mail: str, languages: Sequence[str] = ()) -> str:
        """One for each language; of those of the workspace, where nothing is said."""
        return " and ".join(f"templates/mails/{mail}.{one}.md" for one in languages or self.names.languages)

    def script(self, name: Located[str]) -> None:
        """What the caller asks: a survey. A mail of this name may ask one."""
        mail = self.names.mails.get(name.value)
        if mail is None or name.value in self.names.surveys:
            self.one(name, self.names.surveys, "survey", "surveys/{}.yaml")
            return
        near = did_you_mean(name.value, sorted(self.names.surveys))
        fix = f"Write the survey that it asks: {mail.survey}" if mail.survey else near
        why = "a call has a survey for its script"
        self.report.error(name.at, "unknown-survey", f"“{name.value}” is a mail, not a survey", why, fix)

    def links(self, step: Send | Wait) -> None:
        """Those of the mail that the step sends; a wait hears of every mail of the flow."""
        mails = self._sent
        if isinstance(step, Send):
            mails = [share.mail.value for share in step.mails if share.mail.value is not None]
        for line in step.when:
            if line.link:
                self._link(line.link, line.event, mails)

    def _link(self, link: str, at: Located[str], mails: list[str]) -> None:
        known = [self.names.mails[mail] for mail in mails if mail in self.names.mails]
        if not mails or len(known) < len(mails) or any(link in mail.links for mail in known):
            return  # without any mail, `before` has said so
        links = sorted({name for mail in known for name in mail.links})
        lacks = f"The mail “{mails[0]}” has no" if len(mails) == 1 else "None of these mails has a"
        fix = did_you_mean(link, links) or 'Name the link in the mail: [text](https://… "name")'
        self.report.error(at.at, "unknown-link", f"{lacks} link “{link}”", "", fix)

    def person(self, name: Located[str] | None, *, channels: bool = True) -> None:
        """Who may be told: a role, a person, a team, a channel."""
        several = several_names(name.value) if name else []
        listed = name is not None and "," in name.value and all(len(one.split()) < 3 for one in name.value.split(","))
        if name and (several or listed):
            what, why = f"“{name.value}” is more than one", "each step speaks to one, or to a team"
            fix = "Write a step for each, or name a team"
            if not listed:
                fix = f"Write one: {several[0]} — and a step, or an alarm, for {' and '.join(several[1:])}"
            self.report.error(name.at, "unknown-person", what, why, fix)
            return
        if name and name.value == "manager" and not self.names.has_manager:
            fix = "Give one to a team in rules/teams.yaml: manager: { name: anna, email: anna@example.com }"
            self.report.error(name.at, "unknown-person", "No team has a manager", "nobody would hear of it", fix)
        elif name and "@" in name.value and not ADDRESS.fullmatch(name.value):
            self.report.error(name.at, "unknown-person", *no_address(name.value, self.names))
        elif name and name.value and "@" not in name.value:
            known = {"owner", "manager", *self.names.people, *self.names.teams, *self.names.channels}
            if name.value not in known:
                self.report.error(name.at, "unknown-person", *no_colleague(name.value, self.names, channels=channels))

    def tag(self, tag: Located[str]) -> None:
        """One that is taken away: is it misspelt?"""
        if fix := no_tag(tag.value, self.names.tags):
            self.report.warning(tag.at, "unknown-tag", f"No step sets the tag “{tag.value}”", "so no lead has it", fix)

    def team(self, name: Located[str] | None) -> None:
        """Whose members get the lead."""
        if name and name.value not in self.names.teams and (theirs := self.names.member_of.get(name.value)):
            what, why = f"“{name.value}” is a person, and no team", "a lead goes to a team, whose members take turns"
            fix = f"Write the team that {name.value} is in: {' — or '.join(theirs)}"
            self.report.error(name.at, "unknown-team", what, why, fix)
            return
        self.one(name, self.names.teams, "team", "teams of rules/teams.yaml")
        if name and self.names.teams.get(name.value) is False:
            others = ", ".join(one for one, peopled in self.names.teams.items() if peopled)
            fix = f"Name one of: {others}" if others else "Give it members in rules/teams.yaml"
            self.report.error(name.at, "no-members", f"“{name.value}” has no members", "nobody would get the lead", fix)

    def worker(self, name: Located[str] | None) -> None:
        """Who may be given a task: whoever can be told, but a channel does nothing."""
        if name and name.value in self.names.channels:
            what, why = f"“{name.value}” is a channel", "a task lies on somebody's desk"
            fix = f"Write to: a person, owner, manager or a team — and tell: {name.value} in a step of its own"
            self.report.error(name.at, "channel-has-no-desk", what, why, fix)
        elif name and name.value in self.names.teams:
            self.team(name)
        elif name and "@" in name.value:
            self.report.error(name.at, "unknown-person", *no_address(name.value, self.names))
        else:
            self.person(name, channels=False)

    def rungs(self, step: Handover | Task) -> None:
        for rung in step.escalate:
            self.person(rung.tell)
            self.team(rung.reassign)

    # --- fields ---------------------------------------------------------------------------------

    def _fields(self) -> Mapping[str, FieldType]:
        return self.names.schema(self.data).fields

    def _field(self, path: str, at: Located[object]) -> FieldType | None:
        schema = self.names.schema(self.data)
        if path not in schema.fields:
            self.report.error(at.at, "unknown-field", f"There is no field {path}", "", instead(path, schema))
        return schema.fields.get(path)

    def date(self, path: str | None, at: Located[object]) -> None:
        if path is None:
            return
        fields = self._fields()
        dates = dates_of(fields)
        if path not in fields:
            if path in self.names.events:
                fix = sentence(heard_below(path)).rstrip(".")
                self.report.error(at.at, "not-a-date", f"“{path}” is an event, not a moment", "", fix)
                return
            what, fix = missing_date(path, dates)
            self.report.error(at.at, "unknown-field", what, "", with_until(fix, at))
        elif (kind := fields[path]).kind not in ("date", "moment", "any"):
            what, fix = not_a_date(path, kind, dates)
            self.report.error(at.at, "not-a-date", what, "", fix)

    def setting(self, field: Located[str], value: Located[str]) -> None:
        settable, name = self.names.settable(), field.value.removeprefix("lead.")
        if name not in settable:
            if name.startswith(("company.", "campaign.", "bant.", "survey.")):
                why = "a flow sets fields of the lead"
                fix = "Set one of the lead's own fields; what is known of a company comes from forms, imports and calls"
                self.report.error(field.at, "computed-field", f"{field.value} cannot be set", why, fix)
            elif f"lead.{name}" in COMPUTED:
                why = "Kweek works it out from rules and events"
                fix = "Add points with score, or set one of your own fields"
                self.report.error(field.at, "computed-field", f"{field.value} cannot be set", why, fix)
            else:
                given = self._fields().get(value.value)
                kind = "date" if value.value == "today" else given.kind if given and given.kind != "any" else "text"
                fix = no_field(name, kind, self.names)
                self.report.error(field.at, "unknown-field", f"There is no profile field “{field.value}”", "", fix)
            return
        kind, said = settable[name], value.value
        if meant := field_meant(field.value, said, self.data, self._fields()):
            self.report.error(value.at, "unknown-field", *meant)
        elif said.startswith("event."):
            given = self._field(said, value)
            if given and "any" not in (given.kind, kind.kind) and given.kind != kind.kind:
                what = f"{field.value} is {kind}, {said} is {given}"
                self.report.error(value.at, "wrong-type", what, "", "Set a field of the same type")
        elif (code := CODES.get(f"lead.{name}")) and said and not code[0].fullmatch(said):
            what = f"“{said}” is no {name}"
            self.report.error(value.at, "wrong-type", what, "", f"Write a code: {code[1]}")
        elif said and (wrong := unfit_value(field.value, kind, said)):
            what, fix = wrong
            self.report.error(value.at, "wrong-type", what, "", fix)

    def _pace(self, name: Located[str] | None) -> None:
        queues = self.names.queues
        if name and name.value not in queues and (wrong := capacity_for_queue(name.value, queues)):
            self.report.error(name.at, "unknown-queue", *wrong)
        else:
            self.one(name, queues, "queue", "queues of rules/teams.yaml")

    def _calendar(self, name: Located[str] | None) -> None:
        if name and (wrong := hours_for_calendar(name.value, self.names.calendars)):
            self.report.error(name.at, "unknown-calendar", *wrong)
        else:
            self.one(name, self.names.calendars, "calendar", "rules/calendars.yaml")
