"""What do leads read: surveys, the way out, the thanks for a form?"""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "survey.send": ("Send", "Versturen"),
    "survey.required": ("(required)", "(verplicht)"),
    "survey.several": ("Choose as many as you like.", "Kies er zoveel als u wilt."),
    "survey.faults": ("{count} answers need another look", "{count} antwoorden vragen nog aandacht"),
    "survey.fault": ("One answer needs another look", "Eén antwoord vraagt nog aandacht"),
    "survey.thanks": ("Thank you", "Dank u wel"),
    "survey.before": ("You answered this before. Thank you!", "U hebt dit al beantwoord. Dank u wel!"),
    "fault.required": ("Please answer this question.", "Beantwoord deze vraag."),
    "fault.choice": ("Choose one of the answers.", "Kies een van de antwoorden."),
    "fault.number": ("Write a number, with digits only: 25.", "Vul een getal in, met cijfers: 25."),
    "fault.date": ("Write a date: 2026-03-02.", "Vul een datum in: 2026-03-02."),
    "fault.scale": ("Choose a number from {start} to {end}.", "Kies een getal van {start} tot {end}."),
    "fault.long": ("This is too long: at most 2,000 characters.", "Dit is te lang: hooguit 2.000 tekens."),
    "fault.text": (
        "This holds characters that cannot be kept.",
        "Hier staan tekens in die niet bewaard kunnen worden.",
    ),
    "leave.title": ("Unsubscribe", "Afmelden"),
    "leave.ask": (
        "One press of the button, and we send you no more marketing e-mail.",
        "Eén druk op de knop, en we sturen u geen marketingmail meer.",
    ),
    "leave.button": ("Unsubscribe", "Afmelden"),
    "leave.done": ("You are unsubscribed", "U bent afgemeld"),
    "leave.done.words": (
        "We send you no more marketing e-mail. You need not do anything else.",
        "We sturen u geen marketingmail meer. U hoeft verder niets te doen.",
    ),
    "form.thanks": ("Thank you", "Dank u wel"),
    "form.thanks.words": (
        "We have received it, and you will hear from us.",
        "We hebben het ontvangen, en u hoort van ons.",
    ),
}
