"""Which type of question was meant? Other makers of forms call them `multiple choice`, `checkboxes`, `rating`."""

from __future__ import annotations

import re
from typing import Final

from kweek.flow.surveys import QuestionType

_CALLED: Final[dict[QuestionType, str]] = {
    "choice": """
        multiple choice, single choice, one choice, choose one, choices, radio, radios, radio button, radio buttons,
        dropdown, drop down, select, single select, select one, options, list, picklist, poll, quiz""",
    "several": """
        checkbox, checkboxes, check box, check boxes, multi select, multiselect, multiple select, multi choice,
        select multiple, select many, tick box, tick boxes, multiple answers, multiple selection""",
    "scale": "rating, ratings, stars, star rating, nps, likert, likert scale, slider, linear scale, score, grade",
    "text": """
        textarea, text area, text field, textfield, textbox, text box, open, open question, open ended, free text,
        freetext, long text, short text, long answer, short answer, paragraph, comment, email, phone, input""",
    "number": "numeric, amount, figure, decimal, currency",
    "date": "calendar, day, date picker, datepicker",
}
_TYPES: Final[dict[str, QuestionType]] = {
    re.sub(r"\s+", " ", word.strip()): kind for kind, words in _CALLED.items() for word in words.split(",")
}


def type_called(word: str) -> QuestionType | None:
    """None: it is nothing of the kind."""
    return _TYPES.get(re.sub(r"[\s_-]+", " ", word.strip().lower()))
