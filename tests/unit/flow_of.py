"""A plan from a few lines, for tests."""

from __future__ import annotations

from textwrap import dedent

from kweek.flow.compile import compile_flow
from kweek.flow.load.flow import load_flow
from kweek.flow.plan import Plan


def plan_from(text: str, name: str = "brochure-request") -> Plan:
    loaded = load_flow(dedent(text), f"flows/{name}.yaml")
    assert loaded.flow is not None
    return compile_flow(loaded.flow, f"{name}-1")


BROCHURE = plan_from("""\
    flow: brochure-request
    title: Brochure request
    start: brochure.requested
    whenever:
      quote.requested: sales
    steps:
      - wait: 7 days
      - send: survey
        within: 7 days
        when:
          bounced: discard
          blocked: call
          answered: triage
        otherwise:
          opened: call
          unclear: call
          undelivered: call
          else: discard
    paths:
      triage:
        - choose:
            - if: lead.sales_ready
              go: sales
            - if: lead.profile in ["A", "B"]
              go: call
            - else: done
      call:
        - call: brochure
          within: 5 business days
          when:
            interested: sales
            else: discard
          otherwise: done
      sales:
        - handover: sales
          follow_up: 24 hours
          remind: 20 hours
          escalate:
            - after: 24 hours
              every: 24 hours
              tell: manager
          when:
            rejected: back
            later: done
            won: won
            lost: lost
      back:
        - choose:
            - if: handover.reason == "student"
              go: discard
            - else: done
    """)
