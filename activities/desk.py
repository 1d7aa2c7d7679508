"""Which effects are rows of ours? All but mail and webhooks: they are written in the turn's own transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Connection

from activities.clocks import move_clock
from activities.colleagues import meant
from activities.handover import Desk, escalate, give_handover, handover_of
from activities.tasks import open_task, withdraw
from activities.telemarketing import open_call_task
from kweek.flow.answers import Answers
from kweek.flow.plan import Axis
from kweek.flow.state import Effect, Value
from kweek.flow.words import HANDOVER_GIVEN
from kweek.intake.fates import tell_fate
from kweek.intake.record import hear_grade
from kweek.leads.definitions import number_of
from kweek.leads.enrolments import lead_row
from kweek.leads.points import add_points
from kweek.leads.scores import settle
from kweek.leads.traits import add_tags, remove_tags, set_fields
from kweek.rulebook import RulesNow


class Desks:
    """Writes the rows of one effect; teams are those of rules/teams.yaml."""

    def __init__(self, rules: RulesNow, number_key: Callable[[str], str]) -> None:
        self.rules = rules
        self.number_key = number_key

    def apply(self, tx: Connection, lead_id: str, effect: Effect, now: datetime, answers: Answers) -> bool:
        """Did that make news, an event that the flow has to hear? The lead is locked. What goes into the world
        (`send_mail`, `tell`, `call_webhook`) writes nothing here."""
        match effect.kind:
            case "open_call_task":
                why = open_call_task(tx, lead_id, effect, now, self.number_key)
                if why is not None:
                    tell_fate(tx, lead_id, effect.key, "blocked", now, self.rules().ears, {"reason": why})
                    return True
            case "give_handover":
                ready = answers.facts(None).field("lead.sales_ready")
                judged = ready if isinstance(ready, bool) else None
                definition = number_of(tx, self.rules().rules.sales_ready, now)
                give_handover(tx, lead_id, effect, now, self._desk(str(effect.args["team"])), judged, definition)
                hooks = self.rules().ears.hooks
                hooks.tell(tx, lead_id, f"{effect.key}/given", HANDOVER_GIVEN, now, now, ref=effect.key)
            case "escalate":
                team = effect.args.get("reassign")
                escalate(tx, lead_id, effect, now, self._desk(str(team)) if team else None)
            case "open_task":
                withdrawn = handover_of(tx, effect.args.get("handover"))
                to = effect.args.get("to") if withdrawn is None else withdrawn.owner or withdrawn.team
                open_task(tx, lead_id, effect, now, self._assignee(tx, lead_id, to), withdrawn)
            case "move_clock":
                move_clock(tx, effect, answers)
            case "withdraw":
                withdraw(tx, effect, now)
            case "add_points":
                because = str(effect.args.get("because") or effect.step)
                points = cast("Mapping[Axis, int]", effect.args["points"])
                add_points(tx, lead_id, effect.key, points, because, now, self.rules().world.grades)
            case "add_tags":
                add_tags(tx, lead_id, cast("Sequence[str]", effect.args["tags"]))
                self._score(tx, lead_id, now)
            case "remove_tags":
                remove_tags(tx, lead_id, cast("Sequence[str]", effect.args["tags"]))
                self._score(tx, lead_id, now)
            case "set_fields":
                fields = cast("Mapping[str, Value]", effect.args["fields"])
                set_fields(tx, lead_id, self.rules().world.as_set(fields))
                self._score(tx, lead_id, now)
            case "send_mail" | "tell" | "call_webhook" | "remind" | "join_handover":
                pass
        return False

    def graded(self, tx: Connection, lead_id: str, now: datetime) -> bool:
        """Did what was applied bring it to another grade, from which something follows?"""
        return bool(hear_grade(tx, lead_id, now, self.rules().ears))

    def _score(self, tx: Connection, lead_id: str, now: datetime) -> None:
        """More is known of it, or less."""
        settle(tx, self.rules().ears.scores, lead_id, now)

    def _assignee(self, tx: Connection, lead_id: str, to: object) -> str | None:
        """A person or a team. `owner` and `manager` are whoever that is now, so that a task always lies on a desk."""
        name, rules = str(to or "owner"), self.rules().rules
        if name in rules.teams.teams:
            return name
        return next((person.name.value for person in meant(name, rules, lead_row(tx, lead_id).owner)), name)

    def _desk(self, name: str) -> Desk:
        """A team that is no longer in the file has nobody: the handover is open, and the page shows it so."""
        teams = self.rules().rules.teams
        team = teams.teams.get(name)
        if team is None:
            return Desk(name, (), None)
        members = tuple(person.name.value for person in team.members)
        manager = teams.manager_of(name)
        return Desk(name, members, manager.name.value if manager else None)
