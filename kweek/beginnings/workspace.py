"""With what does a workspace begin? Who we are, when we work, who gets the leads and when, and one flow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kweek.beginnings.events import PATH, with_event
from kweek.beginnings.flow import House, skeleton
from kweek.rules.grades import Grades

_WORKSPACE: Final = """\
# Who we are, and how we speak to leads.
name: "{name}"
languages: [{languages}]               # the first one is spoken to whoever speaks none of them
timezone: {timezone}
calendar: office                       # business hours and business days, where nothing else is said
send_hours: office                     # marketing mail leaves in these hours only
limit: 3 mails per 7 days              # to one lead, whatever number of flows it is in

sender:
  name: "{name}"
  address: info@example.com            # yours
  postal_address: "Street 1, Town"     # stands below every mail
"""
_CALENDARS: Final = """\
# When we are open. holidays: NL adds the public holidays of a country.
office:
  timezone: {timezone}
  hours:
    monday-friday: 09:00-17:00
"""
_TEAMS: Final = """\
# Who takes over. Members get leads in turn.
teams:
  sales:
    calendar: office
    manager: {{ name: manager, email: manager@example.com }}
    members:
      - {{ name: colleague, email: colleague@example.com }}

queues:
  default:
    team: sales
    calendar: office
"""
_SALES_READY: Final = """\
# What sales ready means: a first guess. Agree on yours with sales.
# Ready: all needs are true, and nothing disqualifies. What we do not know yet is not true.
needs:
  - fact: fits                         # who it is
    if: lead.profile in ["A", "B"]
  - fact: interest                     # what it does
    if: lead.engagement <= 2
disqualified:
  - because: competitor
    if: tagged("competitor")
"""
_SCORING: Final = """\
# From how many points on a lead has which grade; below the last limit it is D, and 4.
grades:
  profile: {{ A: {profile[0]}, B: {profile[1]}, C: {profile[2]} }}
  engagement: {{ 1: {engagement[0]}, 2: {engagement[1]}, 3: {engagement[2]} }}

# What follows when a lead comes to a grade: it enters a flow, or it rests. Once there is a flow that hands over:
# A: {{ 1: flow hot-lead, else: rest }}
matrix:
  else: rest

# What is worth how many points: a first guess, so that grades move. profile: who it is, for as long as it is so;
# interest: it looks around; intent: it asks for us.
rules:
  - because: told us the job title
    if: known(lead.job_title)
    profile: +10

  - because: told us the company
    if: known(company.name)
    profile: +10

  - because: opened a mail
    when: opened
    interest: +3
    at_most: 15

  - because: clicked through
    when: clicked
    interest: +5

  - because: asked for information
    when: information.requested
    intent: +10

  - because: wrote back
    when: replied
    intent: +20
"""
FIRST: Final = "welcome"
EVENT: Final = "information.requested"


def beginning(name: str, languages: Sequence[str], timezone: str, facts: str | None = None) -> dict[str, str]:
    """name: the company's. languages, timezone: as they are written in rules/workspace.yaml. facts: one of
    `kweek.beginnings.SETS`; None: sales ready is who fits and shows interest, until somebody agrees on more."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    usual = Grades()
    said = {"name": quoted, "languages": ", ".join(languages), "timezone": timezone}
    return {
        "rules/workspace.yaml": _WORKSPACE.format(**said),
        "rules/calendars.yaml": _CALENDARS.format(**said),
        "rules/teams.yaml": _TEAMS.format(),
        "rules/sales-ready.yaml": sales_ready(facts) if facts else _SALES_READY,
        "rules/scoring.yaml": _SCORING.format(profile=usual.profile, engagement=usual.engagement),
        PATH: with_event("# What may come in. soft: shows interest; hard: asks for us.\n", EVENT, {}),
        **skeleton(FIRST, EVENT, House(languages, "news", "https://www.example.com")),
    }


def sales_ready(facts: str) -> str:
    """rules/sales-ready.yaml by this set of facts."""
    return (Path(__file__).parent / "facts" / f"{facts}.yaml").read_text("utf-8")
