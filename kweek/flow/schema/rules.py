"""What may stand in the files of `rules/`?"""

from __future__ import annotations

from typing import Final

from kweek.flow.catalogue import CHANNEL_KINDS, FIELD_WORDS, KEEP_VISITS
from kweek.flow.kebab import NAME
from kweek.flow.load import agreed, settings, texts
from kweek.flow.load import events as of_events
from kweek.flow.load import matrix as of_matrix
from kweek.flow.load import personas as of_personas
from kweek.flow.load import scoring as of_scoring
from kweek.flow.load import teams as of_teams
from kweek.flow.schema.pieces import SPAN, Schema, from_table, keys, like, many, named, one_of, ref, some, whole, words
from kweek.rules.grades import ENGAGEMENTS, PROFILES
from kweek.rules.opening import DAYS, INTERVAL
from kweek.rules.opening import KEYS as CALENDAR
from kweek.rules.said import FINDERS, TERM
from kweek.rules.scoring import COUNTS

_WHOLE: Final[Schema] = {"type": ["integer", "string"], "pattern": r"^-?\d+$"}


def events() -> Schema:
    said: dict[str, Schema] = {
        "title": {"anyOf": [ref("text"), _titles()], "description": "What people call it, as within a sentence."},
        "hard": {**ref("yes"), "description": "It asks for us, and brings back whoever had left."},
        "soft": {**ref("yes"), "description": "It shows interest."},
        "data": {**_fields(), "description": "What it carries, with types."},
        "from": words("Another event, of which this one is made.", "page.viewed"),
        "if": ref("condition", "Of those, the ones for which this is true."),
    }
    one = {"anyOf": [{"type": "null"}, keys(from_table(of_events.KEYS, said), dependentRequired={"if": ["from"]})]}
    return {
        "title": "Events",
        "description": "rules/events.yaml: what may come in. noun.past_verb.",
        "type": "object",
        "additionalProperties": one,
        "propertyNames": {"pattern": whole(of_events.EVENT.pattern)},
    }


def _fields() -> Schema:
    kind = one_of(FIELD_WORDS, "What it holds.")
    title: Schema = {"anyOf": [ref("text"), _titles()], "description": "What people call it, as within a sentence."}
    whole_field = keys(from_table(of_events.FIELD_KEYS, {"type": kind, "title": title}), ["type"])
    return named({"anyOf": [one_of(FIELD_WORDS), whole_field]}, of_events.FIELD.pattern)


def _titles() -> Schema:
    return {
        "type": "object", "additionalProperties": ref("text"), "minProperties": 1, "propertyNames": ref("language"),
        "description": "In each language that colleagues read.",
    }  # fmt: skip


def calendars() -> Schema:
    hours = some(like(INTERVAL.pattern), "From when until when.")
    dates = some({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"})
    day = "|".join(DAYS)
    said: dict[str, Schema] = {
        "timezone": words("A name such as Europe/Amsterdam; the workspace's, where nothing is said."),
        "hours": named(hours, rf"(?:{day})(?: *[-,] *(?:{day}))*", description="Days: hours."),
        "holidays": some(words(), "Countries whose public holidays it keeps: NL."),
        "closed": {**dates, "description": "Closed as well."},
        "open": {"anyOf": [dates, named(hours, r"\d{4}-\d{2}-\d{2}")], "description": "Open all the same."},
    }
    return {
        "title": "Calendars",
        "description": "rules/calendars.yaml: when the workspace is open.",
        **named(keys(from_table(CALENDAR, said), ["hours"])),
    }


def teams() -> Schema:
    who: dict[str, Schema] = {
        "name": words("One word, by which flows and pages name this person."),
        "email": ref("address"),
    }
    person = keys(from_table(of_teams.PERSON_KEYS, who), of_teams.PERSON_KEYS)
    team: dict[str, Schema] = {
        "members": many(person, "They get leads in turn."),
        "manager": {**person, "description": "Hears when leads stay lying."},
        "calendar": words("When the team works."),
        "region": words("For people."),
        "parent": words("The team that it is part of; whose manager is its own, where it has none."),
        "capacity": like(texts.CAPACITY.pattern, "How many handovers, of all members together.", "15 per day"),
    }
    queue: dict[str, Schema] = {
        "team": words("Who calls."),
        "calendar": words("When is called."),
        "capacity": like(texts.CAPACITY.pattern, "How many calls.", "60 per day"),
    }
    said = {
        "teams": named(keys(from_table(of_teams.TEAM_KEYS, team)), description="Who gets handovers and tasks."),
        "queues": named(keys(from_table(of_teams.QUEUE_KEYS, queue)), description="Of calls."),
    }
    return {
        "title": "Teams",
        "description": "rules/teams.yaml: who gets handovers and calls.",
        **keys(from_table(of_teams.KEYS, said)),
    }


def personas() -> Schema:
    money: Schema = {"type": ["integer", "string"], "pattern": r"^[1-9]\d*$"}
    points = {key: one for key, one in _rule().items() if key in ("because", "title", "if", "profile", "id")}
    said: dict[str, Schema] = {
        "title": {"anyOf": [ref("text"), _titles()], "description": "What people call it."},
        "is": ref("condition", "Who fits it; the first persona that a lead fits is its own."),
        "about": words("What moves them, for people."),
        "channels": some(words(), "By which they are reached."),
        "max_cost": {**money, "description": "What winning one of them as a customer may cost."},
        "lifetime_value": {**money, "description": "What one of them brings in all."},
        "rules": many(keys(points, ["because", "if", "profile"]), "Profile points that only they get."),
    }
    return {
        "title": "Personas",
        "description": "rules/personas.yaml: who the ideal customer is.",
        **named(keys(from_table(of_personas.KEYS, said), ["is"])),
    }


def scoring() -> Schema:
    places = {"profile": PROFILES[:-1], "engagement": list(map(str, ENGAGEMENTS[:-1]))}  # below the last is left
    grades = {
        axis: keys(dict.fromkeys(names, _WHOLE), names, description="From how many points on.")
        for axis, names in places.items()
    }
    one_kind: list[Schema] = [{"required": [axis]} for axis in of_scoring.AXES]
    rules = many(
        keys(from_table(of_scoring.RULE_KEYS, _rule()), ["because"], oneOf=one_kind), "What is worth how much."
    )
    cell = like(rf"rest|flow +{NAME.pattern}", "It rests, or it enters this flow.", "flow long-term", "rest")
    row: Schema = {"anyOf": [cell, named(cell, "|".join(of_matrix.CELLS))]}
    told = "What follows when a lead comes to a grade: a row for each letter, in it a cell for each digit."
    matrix = named(row, "|".join(of_matrix.ROWS), description=told)
    said: dict[str, Schema] = {"grades": keys(grades), "matrix": matrix, "rules": rules}
    return {
        "title": "Scoring",
        "description": "rules/scoring.yaml: what is worth how many points, and how many make which grade.",
        **keys(from_table(of_scoring.KEYS, said)),
    }


def _rule() -> dict[str, Schema]:
    points: Schema = {"type": ["integer", "string"], "pattern": r"^[+\-−]?\d{1,6}$", "description": "How many."}
    return {
        "because": words("Why, as people read it.", "took a download"),
        "title": {"anyOf": [ref("text"), _titles()], "description": "The same in the languages that they read."},
        "when": words("The event that gives them; without it, what is known of the lead does.", "download.taken"),
        "if": ref("condition", "Only where this is true."),
        **dict.fromkeys(of_scoring.AXES, points),
        "counts": one_of(COUNTS, "How often, where the event comes again."),
        "at_most": {**_WHOLE, "description": "So many points of this rule stand at once."},
        "fades": like(of_scoring.FADES.pattern, "So many points of it go on every Monday.", "1 per week"),
        "id": ref("name", "By which the ledger names it; made of because, where nothing is said."),
    }


def sales_ready() -> Schema:
    def lines(word: str, told: str) -> Schema:
        title: Schema = {"anyOf": [ref("text"), _titles()], "description": "What people call it."}
        return many(keys({word: words(told), "title": title, "if": ref("condition")}, [word, "if"]))

    said = {
        "facts": named(_fact(), of_events.FIELD.pattern, description="What can be found out: bant.<fact>."),
        "needs": {**lines("fact", "What has to be true."), "description": "All of them, or it is not sales ready."},
        "disqualified": {
            **lines("because", "Why it can never be sales ready."),
            "description": "One of them is enough.",
        },
    }
    return {
        "title": "Sales ready",
        "description": "rules/sales-ready.yaml: the one definition that marketing and sales agree on.",
        **keys(from_table(agreed.READY_KEYS, said)),
    }


def _fact() -> Schema:
    term = like(TERM.pattern, "For how long it holds, from when it was said.", "3 months", "14 days")
    words_of: Schema = {"anyOf": [{"type": "null"}, ref("text"), _titles()]}
    said: dict[str, Schema] = {
        "title": {"anyOf": [ref("text"), _titles()], "description": "What people call it."},
        "values": named(words_of, NAME.pattern, description="What can be said; nothing: anything."),
        "holds": {"anyOf": [term, named(term)], "description": "For how long, or value: for how long."},
        "found_by": some(one_of(FINDERS), "Who can find it out."),
    }
    return {"anyOf": [{"type": "null"}, keys(from_table(agreed.FACT_KEYS, said))]}


def workspace() -> Schema:
    sender = {
        "name": words("Whom a mailbox shows."), "address": ref("address", "Where it is from."),
        "reply_to": ref("address", "Where replies go; nothing said: to the same."),
        "postal_address": words("Stands below every mail."),
    }  # fmt: skip
    hook: dict[str, Schema] = {
        "url": like(texts.URL.pattern, "Where it is sent.", "https://crm.example.com/kweek"),
        "sends": some(words(), "What of the lead is in it besides its ids: lead.email, company.name."),
        "hears": some(words(), "Events of which it is told as they happen: lead.received, grade.changed, your own."),
    }
    said: dict[str, Schema] = {
        "name": words("Who we are."),
        "languages": some(ref("language"), "The first is spoken to whoever speaks none of them."),
        "timezone": words("A name such as Europe/Amsterdam."),
        "calendar": words("Business time, where nothing else is said."),
        "send_hours": words("A calendar: marketing mail leaves in its hours."),
        "limit": ref("limit", "Of all flows together, to one lead."),
        "sender": {
            "description": "Who mail is from.",
            **keys(from_table(settings.SENDER_KEYS, sender), ["name", "address"]),
        },
        "fields": {**_fields(), "description": "What we keep of a lead besides, with types."},
        "channels": named(
            one_of(CHANNEL_KINDS), NAME.pattern, description="Of a chat; KWEEK_CHANNEL_<NAME> says where."
        ),
        "webhooks": {
            "description": "Other programs that hear of leads.",
            **named(keys(from_table(settings.HOOK_KEYS, hook), ["url"]), NAME.pattern),
            "minProperties": 0,
        },
        "when_unsure": one_of(settings.UNSURE, "A mail of which nobody can say whether it left."),
        "currency": like(texts.CURRENCY.pattern, "In which everything costs; nothing said: EUR.", "EUR"),
        "websites": some(words(), "Whose forms may send their visitor back, and whose visitors are followed."),
        "keep_visits": like(SPAN, f"So long what visitors looked at is kept. {KEEP_VISITS} by itself.", "400 days"),
    }  # fmt: skip
    return {
        "title": "The workspace",
        "description": "rules/workspace.yaml: who we are, and how we speak to leads.",
        **keys(from_table(settings.KEYS, said), ["name", "languages", "timezone"]),
    }
