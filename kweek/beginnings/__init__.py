"""What does one begin with? Files that are sound from the first moment, for the author to change.

- `flow`: a flow with its mail and its tests; `alike`: a copy of one that is there; `workspace`: a whole folder
- `events`: an event that is added to rules/events.yaml, with every line and comment of it kept
- `facts/`: what sales ready may be made of: BANT, CHAMP, SPIN, each a whole rules/sales-ready.yaml
- `held`: whether the tests of such a flow hold beside the flows that are there

All of them answer texts by path; who calls writes them.
"""

from typing import Final

SETS: Final = ("bant", "champ", "spin")
"""Facts by which sales ready may be defined."""
