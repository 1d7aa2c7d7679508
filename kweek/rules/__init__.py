"""What has a company agreed on, whatever the flow? Business time, grades, sales readiness. Pure.

- Time: `calendars` (reckoning), `opening` (how one is written), `public_holidays`, `wall` (what the clock on the wall
  says), `zones` (where a lead is)
- Leads: `scoring` (which points?), `grades` (how good?), `said` (what holds of what was said?), `qualification` (sales
  ready?)
"""
