"""How is a step of a flow said, and a length of time?"""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "step.wait": ("Wait {time}", "Wacht {time}"),
    "step.wait.until": ("Wait until {moment}", "Wacht tot {moment}"),
    "step.send": ("Send {mails}", "Verstuur {mails}"),
    "step.send.wait": ("Send {mails}, wait {time}", "Verstuur {mails}, wacht {time}"),
    "step.nothing": ("nothing", "niets"),
    "step.or": (" or ", " of "),
    "step.call": ("Call with {script}, within {time}", "Bel met {script}, binnen {time}"),
    "step.handover": ("Hand over to {team}", "Draag over aan {team}"),
    "step.choose": ("Choose", "Kies"),
    "moment.before": ("{time} before {date}", "{time} vóór {date}"),
    "moment.after": ("{time} after {date}", "{time} na {date}"),
    "day.0": ("Monday", "maandag"),
    "day.1": ("Tuesday", "dinsdag"),
    "day.2": ("Wednesday", "woensdag"),
    "day.3": ("Thursday", "donderdag"),
    "day.4": ("Friday", "vrijdag"),
    "day.5": ("Saturday", "zaterdag"),
    "day.6": ("Sunday", "zondag"),
    "time.minute.one": ("1 minute", "1 minuut"),
    "time.minute": ("{n} minutes", "{n} minuten"),
    "time.hour.one": ("1 hour", "1 uur"),
    "time.hour": ("{n} hours", "{n} uur"),
    "time.day.one": ("1 day", "1 dag"),
    "time.day": ("{n} days", "{n} dagen"),
    "time.week.one": ("1 week", "1 week"),
    "time.week": ("{n} weeks", "{n} weken"),
    "time.business.hour.one": ("1 business hour", "1 werkuur"),
    "time.business.hour": ("{n} business hours", "{n} werkuren"),
    "time.business.day.one": ("1 business day", "1 werkdag"),
    "time.business.day": ("{n} business days", "{n} werkdagen"),
}
