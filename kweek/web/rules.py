"""What does the workspace say to the web? Events and fields as the files are now; surveys and scripts as published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, Row, select

from kweek.flow.catalogue import Persona
from kweek.flow.duration import parse_duration
from kweek.flow.facts import Facts
from kweek.flow.load.surveys import load_survey
from kweek.flow.surveys import Survey, say
from kweek.intake.check_lead import Vocabulary
from kweek.intake.ears import FlowEars
from kweek.intake.vocabulary import vocabulary_of
from kweek.leads import publish, tables
from kweek.leads.database import Database
from kweek.mails.template import parse_mail, purposes_of
from kweek.rulebook import InForce, Rulebook
from kweek.rules.grades import Grades
from kweek.rules.matrix import Matrix
from kweek.rules.personas import persona_of
from kweek.words import Own, own_words

_MOST_SURVEYS: Final = 500


class WorkspaceRules:
    """One for the process; threads may share it."""

    def __init__(self, folder: Path, db: Database) -> None:
        self.folder, self.db = folder, db
        self._book = Rulebook(folder, db)
        self._sources: dict[str, Mapping[str, str]] = {}

    # --- the files as they are ----------------------------------------------------------------------

    def vocabulary(self) -> Vocabulary:
        in_force = self._book.now()
        return vocabulary_of(in_force.rules, in_force.world.facts, self.flows, self.purposes)

    def facts_of(self, tx: Connection, lead_id: str, now: datetime) -> Facts:
        """What conditions see of a lead."""
        return self._book.now().facts_of(tx, lead_id, now)

    def conversions(self) -> Sequence[str]:
        return [name for name, event in self._book.now().rules.events.items() if event.hard or event.soft]

    def words(self, language: str) -> Own:
        """What the workspace calls its events, outcomes and flows, for whoever speaks of them."""
        now = self._book.now()
        world = now.world
        titles = {name: plan.title for name, plan in world.plans.items()}
        return own_words(language, now.rules, world.asked.values(), titles)

    def zone(self) -> ZoneInfo:
        """The workspace's time zone, for the pages of colleagues."""
        try:
            return ZoneInfo(self._book.now().rules.settings.timezone)
        except (ZoneInfoNotFoundError, ValueError):  # the linter says so
            return ZoneInfo("UTC")

    def company(self) -> str:
        """Who we are, for the pages that leads see."""
        return self._book.now().rules.settings.name

    def people(self) -> Sequence[str]:
        """Colleagues: the members and managers of rules/teams.yaml."""
        return [person.name.value for person in self._book.now().rules.teams.people()]

    def mailbox(self) -> str | None:
        """Where a lead's answer to a mail arrives."""
        sender = self._book.now().rules.settings.sender
        return None if sender is None else sender.reply_to or sender.address

    def websites(self) -> Sequence[str]:
        """Origins to which a form may send its visitor back."""
        return self._book.now().rules.settings.websites

    def persona(self, read: Connection, lead: Row[Any], now: datetime, language: str) -> tuple[str, Persona] | None:
        """Whose portrait it fits, with what people call it. lead: its row."""
        in_force = self._book.now()
        fits = persona_of(in_force.world.personas, in_force.facts_of(read, lead.id, now))
        if fits is None:
            return None
        portrait = in_force.rules.personas[fits.name]
        return say(portrait.title, language) or fits.name, portrait

    def currency(self) -> str:
        return self._book.now().rules.settings.currency

    def grades(self) -> Grades:
        return self._book.now().rules.scoring.grades or Grades()

    def matrix(self) -> Matrix:
        return self._book.now().world.matrix

    def kinds(self) -> Mapping[str, str]:
        """What each field holds that is kept of a lead besides: `contract_end`: date."""
        return {name: own.kind.value for name, own in self._book.now().rules.settings.fields.items()}

    def own_fields(self) -> Sequence[str]:
        """What is kept of a lead besides."""
        return list(self._book.now().rules.settings.fields)

    @property
    def ears(self) -> FlowEars:
        """Who hears of an event: by the rules that are in force now, from its beginning to its end."""
        return self._book.now().ears

    def next_try(self, task: Row[Any], now: datetime) -> datetime | None:
        """`apart` on the calendar of the task's queue."""
        if not task.apart:
            return None
        apart = parse_duration(task.apart)
        if not apart.business:
            return now + apart.elapsed
        rules = self._book.now().rules
        queue = rules.teams.queues.get(task.queue or "default")
        named = (queue.calendar if queue else None) or rules.settings.calendar
        entry = rules.calendars.get(named.value) if named else None
        return entry.calendar.add(now, apart) if entry else None

    def in_force(self) -> InForce:
        """The rules as they are."""
        return self._book.now()

    # --- what was published -------------------------------------------------------------------------

    def flows(self) -> Sequence[str]:
        """Those that a lead can enter now."""
        with self.db.read() as read:
            return [row.flow for row in publish.published(read)]

    def purposes(self) -> frozenset[str]:
        """What mails ask consent for: those that leave, and those that are being written."""
        with self.db.read() as read:
            sources = [self._source(read, row.version) for row in publish.published(read)]
        return self._book.now().purposes.union(*map(purposes_of, sources))

    def survey_of(self, tx: Connection, mail: str, version: str | None) -> Survey | None:
        """The survey that this mail names, as it was published with this version of the flow."""
        source = self._source(tx, version)
        for path in sorted(source):
            if path.startswith(f"templates/mails/{mail}."):
                template, _ = parse_mail(path, source[path])
                if template is not None and template.survey:
                    return self._survey(source, template.survey)
        return None

    def subject_of(self, tx: Connection, mail: str, version: str | None, language: str) -> str | None:
        """Of this mail, as it was published with this version of the flow, in this language or another. None: the file
        is not there, or what it says depends on the lead."""
        source = self._source(tx, version)
        files = (path for path in sorted(source) if path.startswith(f"templates/mails/{mail}."))
        for path in sorted(files, key=lambda path: not path.startswith(f"templates/mails/{mail}.{language}.")):
            template, _ = parse_mail(path, source[path])
            if template is not None and "{" not in template.subject:
                return template.subject
        return None

    def script_of(self, tx: Connection, task: Row[Any]) -> Survey | None:
        """The script of this call task."""
        return self.survey_in(tx, task.enrolment_id, task.script)

    def survey_in(self, tx: Connection, enrolment_id: str, name: str) -> Survey | None:
        """A survey as it was published with this enrolment's version of the flow."""
        enrolments = tables.enrolments.c
        query = select(enrolments.version).where(enrolments.id == enrolment_id)
        return self._survey(self._source(tx, tx.execute(query).scalar_one_or_none()), name)

    def _survey(self, source: Mapping[str, str], name: str) -> Survey | None:
        path = f"surveys/{name}.yaml"
        return load_survey(source[path], path)[0] if path in source else None

    def _source(self, tx: Connection, version: str | None) -> Mapping[str, str]:
        """Versions never change, so they may be kept."""
        if version is None:
            return {}
        known = self._sources.get(version)
        if known is None:
            versions = tables.versions.c
            stored = tx.execute(select(versions.source).where(versions.hash == version)).scalar_one_or_none()
            known = cast("Mapping[str, str]", stored or {})
            if len(self._sources) >= _MOST_SURVEYS:
                self._sources.clear()
            self._sources[version] = known
        return known
