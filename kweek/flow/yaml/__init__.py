"""What does a YAML file say, and where? Every scalar a text with its place; whatever could be misread is refused.

- `tree`: what comes of it; `read`: how
- `letters`: from bytes to text; `build`: from PyYAML's events to the tree; `sheet`: the text, and what is mended in it
- `dashes`, `lookalikes`, `fences`: signs that only look like ours, or are none
- `traps`: where YAML cannot read on: `values`, `brackets`, `keys` and `columns` each know some; `lines`: how one looks
- `slips`, `lost`, `heads`, `beside`: what may have been meant where what was read makes no sense
"""

from kweek.flow.yaml.letters import MOST_BYTES
from kweek.flow.yaml.read import lines_of, read_yaml, stumbles
from kweek.flow.yaml.sheet import Trap
from kweek.flow.yaml.slips import mended_by, slips
from kweek.flow.yaml.tree import Items, Node, Pair, Pairs, Text, Tree

__all__ = [
    "MOST_BYTES", "Items", "Node", "Pair", "Pairs", "Text", "Trap", "Tree", "lines_of", "mended_by", "read_yaml",
    "slips", "stumbles",
]  # fmt: skip
