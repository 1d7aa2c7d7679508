"""What does a lead do next? The machine: given where it stands, what time it is and what happened.

It never waits, reads or writes. The engine, the simulator, the tests of flows and the editor run this one function.

- `advance`: the order in which things are done
- `work`: the copy of the state that one advance works on
- `entering`: what each verb does when a lead comes to it; `acting`: those that hold nobody up
- `reactions`: who wants an event; `lines`: which line of a flow it fits; `hearing`: what rings the bell
- `people`: calls, tasks, handovers, and what waits until they are done
- `leaving`: endings, other flows; `starting`: the ways in
- `clocks`: deadlines; `ladders`: reminders and escalations; `resting`: holds; `moments`: when a wait ends
- `edits`: what an edited calendar moves
- `asking`: where the machine does not know how to go on, a person does
"""

from kweek.flow.machine.advance import advance, catch_up
from kweek.flow.machine.hearing import ever_listens, listens, rank

__all__ = ["advance", "catch_up", "ever_listens", "listens", "rank"]
