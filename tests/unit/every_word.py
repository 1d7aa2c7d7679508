"""A flow that says every word of the language, once at least."""

from __future__ import annotations

EVERY_WORD = """\
flow: demo
title: Every word
about: >-
  All that the language can say,
  once at least.
start:
  - brochure.requested
  - { event: webinar.registered, if: event.seats > 1 }
  - { at: 90 days before lead.contract_end }
  - every: monday 09:00
    if: lead.stage == "suspect"
  - manual
reentry: per event.webinar
whenever:
  unsubscribed: ignore
  clicked book-a-demo: sales
  pricing.viewed:
    - score: { interest: +2 }
goal:
  if: lead.sales_ready
  go: sales
send_hours: office
timezone: Europe/Amsterdam
limit: 3 mails per 7 days
pace: default
steps:
  - wait: 7 days
    when: { quote.requested: sales }
  - wait: until monday 09:00
  - wait: until 09:00
  - wait: until lead.contract_end
    otherwise: next
  - wait: until 3 days before lead.contract_end
    otherwise:
      else: long
  - wait: until 2 business days after event.starts_at
  - send: survey
    expires: 2 weeks
    within: 7 days
    when:
      bounced: discard
      blocked: next
      clicked book-a-demo: sales
      out of office:
        - wait: 2 weeks
      answered:
        - tag: answered
        - score: { profile: 5, intent: -3 }
          because: answered
        - go: sales
    otherwise:
      opened: call
      unclear: flow long-term
      else: done
  - send: { long: 40%, short: 40%, nothing: 20% }
    id: length
  - call: brochure
    within: 5 business days
    queue: default
    priority: high
    attempts: 3
    apart: 1 business day
    when:
      attempted:
        - set: { lead.last_try: today, seats: event.seats, tier: gold }
      interested: sales
      else: discard
    otherwise: call
  - task: Look up {{ company.name }}
    to: anna
    outcomes: [found, not found]
    within: 3 business days
    remind: 1 business day
    escalate:
      - after: 2 business days
        every: 1 business day
        tell: manager
    when:
      found: next
      not found: lost
    otherwise: next
  - tell: sales-floor
    text: Someone new
  - tell: anna
    mail: news
  - webhook: crm
  - tag: [a, b]
  - untag: a
  - choose:
      - if: lead.profile in ["A", "B"]
        go: sales
      - share: 20%
        go:
          - end: won
      - else: call
paths:
  call:
    - go: steps
      at_most: 3 times
      then: flow long-term
  sales:
    - handover: sales
      id: the-handover
      prefer: same person
      follow_up: 24 hours
      remind: 20 hours
      escalate:
        - after: 24 hours
          tell: manager
        - after: 48 hours
          every: 24 hours
          reassign: sales
      when:
        accepted:
          - tell: anna
        rejected: call
        else: long
  long:
    - end: discard
      because: no longer of use
moved:
  old-id: the-handover
"""
