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
    "mails.text": ("As text", "Als tekst"),
    "mails.html": ("As it is read", "Zoals hij gelezen wordt"),
    "mails.headers": ("Headers", "Kopregels"),
    "mails.back": ("All mails", "Alle mails"),
    "mails.no_subject": ("(no subject)", "(geen onderwerp)"),
}
