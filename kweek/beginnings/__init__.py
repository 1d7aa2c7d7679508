"""What does one begin with? Files that are sound from the first moment, for the author to change.

- `flow`: a flow with its mail and its tests; `alike`: a copy of one that is there; `workspace`: a whole folder
- `events`: an event that is added to rules/events.yaml, with every line and comment of it kept
- `held`: whether the tests of such a flow hold beside the flows that are there

All of them answer texts by path; who calls writes them.
"""
