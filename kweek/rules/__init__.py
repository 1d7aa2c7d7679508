"""What has a company agreed on, whatever the flow? Business time, grades, sales readiness. Pure.

- Time: `calendars` (reckoning), `opening` (how one is written), `public_holidays`, `wall` (what the clock on the wall
  says), `zones` (where a lead is)
- Leads: `grades` (how good?), `qualification` (sales ready?)
"""
