"""What does a flow look like? One picture of it, drawn by us and never by hand, for every place that shows one.

- `tell`: the flow in the reader's words (`told`), its steps by `verbs`; `describe`: the same as text
- `conditions`: those of a flow as one reads them aloud; `fact_words`: what they compare
- `layout`: columns, cards and rows with their places (`picture`); `cards`: one of them; `routes`: the edges
- `svg`: written down, with numbers, a lead's way, links; `style`, `icons`, `strokes`: how it looks
- `mermaid`, `tree`: for other tools, and for the terminal
"""

from kweek.draw.describe import describe
from kweek.draw.layout import lay_out
from kweek.draw.picture import Picture
from kweek.draw.say import Say
from kweek.draw.style import Theme, style_sheet
from kweek.draw.svg import svg

__all__ = ["Picture", "Say", "Theme", "describe", "lay_out", "style_sheet", "svg"]
