"""What can a flow file say? The language as it is written: every word with its place.

Names are unresolved and conditions are texts here; `kweek.flow.compile` makes a plan of it that can run.

- `flow`: the whole; `steps`: one class per verb; `targets`: where a step may lead
"""

from kweek.flow.model.flow import Flow, Goal, Path, Start
from kweek.flow.model.steps import (
    AnyStep,
    Branch,
    Call,
    Choose,
    End,
    Go,
    Handover,
    Rung,
    Score,
    Send,
    Set,
    Share,
    Tag,
    Task,
    Tell,
    Untag,
    Wait,
    Webhook,
    targets_of,
    walk,
)
from kweek.flow.model.targets import (
    RESERVED,
    Ending,
    Ignore,
    Inline,
    Next,
    Otherwise,
    Reaction,
    Target,
    ToFlow,
    ToPath,
)
from kweek.flow.words import ENDINGS

__all__ = [
    "ENDINGS",
    "RESERVED",
    "AnyStep",
    "Branch",
    "Call",
    "Choose",
    "End",
    "Ending",
    "Flow",
    "Go",
    "Goal",
    "Handover",
    "Ignore",
    "Inline",
    "Next",
    "Otherwise",
    "Path",
    "Reaction",
    "Rung",
    "Score",
    "Send",
    "Set",
    "Share",
    "Start",
    "Tag",
    "Target",
    "Task",
    "Tell",
    "ToFlow",
    "ToPath",
    "Untag",
    "Wait",
    "Webhook",
    "targets_of",
    "walk",
]
