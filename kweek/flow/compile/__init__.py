"""What will run? The model made into a plan: every target a step, an ending or a flow; every list a chain.

- `flow`: the whole; `verbs`: one function per verb; `ways`: where they lead
"""

from kweek.flow.compile.flow import compile_flow

__all__ = ["compile_flow"]
