"""What is remembered? The tables of the lead database, the same for SQLite and PostgreSQL.

Moments are stored in UTC and are flow time (see `clock`), but for leases and tokens, which run on real time and say
so in their names (`…_real`). Text that people wrote lives here and nowhere else: Temporal sees ids only.

- `known`: who; `happened`: events, points, answers; `walking`: flows and who stands where
- `post`: mails; `desk`: work for people; `house`: the rest; `columns`: what they have in common
"""

from kweek.leads.tables.columns import Moment, metadata
from kweek.leads.tables.desk import absences, call_tasks, handovers, tasks, turns
from kweek.leads.tables.happened import answers, bant, events, outbox, points, tags
from kweek.leads.tables.house import api_keys, caught, clock, installation, sound_rules, used_links
from kweek.leads.tables.known import companies, consents, leads, suppressions
from kweek.leads.tables.post import hits, links, mails, problems
from kweek.leads.tables.walking import effects, enrolments, flows, journal, tallies, versions

__all__ = [
    "Moment",
    "absences",
    "answers",
    "api_keys",
    "bant",
    "call_tasks",
    "caught",
    "clock",
    "companies",
    "consents",
    "effects",
    "enrolments",
    "events",
    "flows",
    "handovers",
    "hits",
    "installation",
    "journal",
    "leads",
    "links",
    "mails",
    "metadata",
    "outbox",
    "points",
    "problems",
    "sound_rules",
    "suppressions",
    "tags",
    "tallies",
    "tasks",
    "turns",
    "used_links",
    "versions",
]
