"""Is it true for this lead? The language of `if:`, from one line of text to a closure that is asked a million times.

- `text`: the words, refused where they are none; `tree`: what they say; `shape`: does it make sense?
- `run`: asked of a lead; `condition`: all of it together
- `schema`: what it may name; `types`: does it fit this workspace? `worlds`: can it be true? Only the linter asks
"""

from kweek.flow.conditions.condition import Condition, parse_condition
from kweek.flow.conditions.refused import ConditionError

__all__ = ["Condition", "ConditionError", "parse_condition"]
