"""The tests of a flow as the manual writes them."""

from __future__ import annotations

CASES = """\
flow: brochure-request
tests:
  - name: opened but not filled in becomes a call
    starts: monday 2026-03-02 09:30
    lead: { country: NL, profile: B }
    events:
      day 7 + 2 hours: opened
    expect:
      day 7: send survey
      day 14: call brochure
  - name: a bounce stops everything at once
    events:
      day 7 + 1 minute: bounced
      day 8: [opened, clicked]       # too late: nothing happens
    expect:
      ends: day 7, discard
      never: [call, handover]
  - name: nobody falls out
    leads: 1000
    mix: { opened: 45%, bounced: 4%, answered: 25% }
    expect:
      after 60 days: { under way: 0 }
"""
