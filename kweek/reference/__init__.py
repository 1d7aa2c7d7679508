"""Which words are there? The whole language on one page of Markdown, from what the loader itself reads by.

Nothing here is written by hand but the headings: keys and their forms are those of `kweek.flow.schema`, events and
states those of `kweek.flow.words`, fields and functions those that the linter knows.

- `section`: a heading with what stands below it; `forms`: what a key may hold; `tables`: the keys of a file or verb
- `conditions`: fields and functions; `page`: all of it
"""

from kweek.reference.page import page, sections
from kweek.reference.section import Section

__all__ = ["Section", "page", "sections"]
