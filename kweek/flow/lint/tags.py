"""Is a tag several? Words with blanks between them are one, though one of them is a tag elsewhere."""

from __future__ import annotations

from kweek.flow.lint.names import Names
from kweek.flow.lint.report import Report
from kweek.flow.model import Flow, Tag, Untag


def check_tags(step: Tag, flow: Flow, names: Names, report: Report) -> None:
    """`tag: in-check hands-off`, where one of the two is a tag elsewhere."""
    taken_away = {tag.value for other in flow.walk() if isinstance(other, Untag) for tag in other.tags}
    for tag in step.tags:
        parts = tag.value.split()
        if len(parts) > 1 and not (names.tags | taken_away).isdisjoint(parts):
            tags = [part for other in step.tags for part in (parts if other is tag else [other.value])]
            what, why = f"“{tag.value}” is one tag, with a blank in it", "tags are parted by commas"
            report.warning(tag.at, "tags-in-one", what, why, f"Write: tag: [{', '.join(tags)}]")
