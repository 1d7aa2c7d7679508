"""What does the mail catcher say?"""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "mails.title": ("Mail catcher", "Mailvanger"),
    "mails.about": (
        "These mails were caught on this machine; none of them left it. Open one to read it, click in it, answer it.",
        "Deze mails zijn op deze machine opgevangen; geen ervan is echt vertrokken. "
        "Open er een om te lezen, te klikken, te antwoorden.",
    ),
    "mails.none": (
        "Nothing was caught yet. Post a lead, and its first mail appears here.",
        "Nog niets gevangen. Meld een lead, en de eerste mail verschijnt hier.",
    ),
    "mails.from": ("From", "Van"),
    "mails.older": ("Older", "Ouder"),
    "mails.newer": ("Newest", "Nieuwste"),
    "mails.text": ("Text", "Tekst"),
    "mails.html": ("As it is read", "Zoals hij gelezen wordt"),
    "mails.source": ("Source", "Bron"),
    "mails.views": ("Show it as", "Toon hem als"),
    "mails.no_text": ("This mail has no text part.", "Deze mail heeft geen tekstdeel."),
    "mails.back.title": ("Be its reader", "Wees de lezer"),
    "mails.back.about": (
        "What you do here comes in as real mail does, and the lead's flow reacts to it.",
        "Wat u hier doet komt binnen zoals echte mail, en de flow van de lead reageert erop.",
    ),
    "mails.reply": ("Write back", "Terugschrijven"),
    "mails.reply.words": ("Your answer", "Uw antwoord"),
    "mails.reply.empty": ("Write something first.", "Schrijf eerst iets."),
    "mails.bounce": ("Bounce", "Laten terugkomen"),
    "mails.bounce.about": ("As if this address did not exist.", "Alsof dit adres niet bestaat."),
    "mails.complain": ("Complain", "Klagen"),
    "mails.complain.about": ("As if its reader pressed “spam”.", "Alsof de lezer op “spam” drukte."),
    "meant.bounced": (
        "It came back. This address is dead now: nothing is mailed to it any more.",
        "Hij kwam terug. Dit adres bestaat nu niet meer: er gaat geen mail meer heen.",
    ),
    "meant.undelivered": ("It came back, for a while.", "Hij kwam terug, voor even."),
    "meant.complained": (
        "The complaint came in: this address gets no mail any more.",
        "De klacht kwam binnen: dit adres krijgt geen mail meer.",
    ),
    "meant.replied": (
        "The answer came in. It is in the mailbox that answers go to, and its owner has the task to answer it.",
        "Het antwoord kwam binnen. Het ligt in de postbus voor antwoorden, en de eigenaar heeft de taak het te "
        "beantwoorden.",
    ),
    "meant.out of office": (
        "It was taken for an automatic answer.",
        "Het is opgevat als een automatisch antwoord.",
    ),
    "meant.unsubscribed": ("It was taken for a wish to leave.", "Het is opgevat als een afmelding."),
    "meant.nothing": ("It came in, and changes nothing.", "Het kwam binnen, en verandert niets."),
    "meant.unknown": (
        "It came in, but nobody knows which mail it is about.",
        "Het kwam binnen, maar niemand weet over welke mail het gaat.",
    ),
    "mails.back": ("All mails", "Alle mails"),
    "mails.no_subject": ("(no subject)", "(geen onderwerp)"),
}
