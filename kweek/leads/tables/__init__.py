"""What is remembered? The tables of the lead database, the same for SQLite and PostgreSQL.

Moments are stored in UTC and are flow time (see `clock`), but for leases and tokens, which run on real time and say
so in their names (`…_real`). Text that people wrote lives here and nowhere else: Temporal sees ids only.

- `known`: who; `happened`: events, points, answers; `walking`: flows and who stands where
- `post`: mails; `desk`: work for people; `visiting`: who looks at the website; `sources`: campaigns and their cost
- `importing`: files that were taken in; `merging`: who was two and is one; `house`: the rest
- `columns`: what they have in common
"""

from kweek.leads.tables.columns import Moment, metadata
from kweek.leads.tables.desk import absences, call_tasks, definitions, handovers, tasks, turns
from kweek.leads.tables.happened import answers, bant, events, outbox, points, survey_drafts, tags, topics
from kweek.leads.tables.house import (
    api_keys,
    caught,
    clock,
    deliveries,
    installation,
    past_calendars,
    rescorings,
    sound_rules,
    used_links,
)  # fmt: skip
from kweek.leads.tables.importing import import_rows, imports
from kweek.leads.tables.known import (
    companies,
    companies_replaced,
    consents,
    deciders,
    leads,
    replaced,
    suppressions,
    worth,
)
from kweek.leads.tables.merging import duplicates, likeness_keys, looks, merges
from kweek.leads.tables.post import hits, links, mails, problems
from kweek.leads.tables.sources import campaigns, costs, touches
from kweek.leads.tables.visiting import visitors, visits
from kweek.leads.tables.walking import effects, enrolments, flows, journal, tallies, versions

__all__ = [
    "Moment",
    "absences",
    "answers",
    "api_keys",
    "bant",
    "call_tasks",
    "campaigns",
    "caught",
    "clock",
    "companies",
    "companies_replaced",
    "consents",
    "costs",
    "deciders",
    "definitions",
    "deliveries",
    "duplicates",
    "effects",
    "enrolments",
    "events",
    "flows",
    "handovers",
    "hits",
    "import_rows",
    "imports",
    "installation",
    "journal",
    "leads",
    "likeness_keys",
    "links",
    "looks",
    "mails",
    "merges",
    "metadata",
    "outbox",
    "past_calendars",
    "points",
    "problems",
    "replaced",
    "rescorings",
    "sound_rules",
    "suppressions",
    "survey_drafts",
    "tags",
    "tallies",
    "tasks",
    "topics",
    "touches",
    "turns",
    "used_links",
    "versions",
    "visitors",
    "visits",
    "worth",
]
