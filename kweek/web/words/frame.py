"""What stands around every page, and what is said when something is wrong?"""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "skip": ("Skip to the content", "Naar de inhoud"),
    "nav.home": ("Overview", "Overzicht"),
    "nav.mails": ("Mail catcher", "Mailvanger"),
    "problem.401": ("Please sign in", "Eerst aanmelden"),
    "problem.401.help": (
        "This page shows people's data. Open the link that kweek printed when it started; "
        "“kweek web --link” prints a new one. Then open this page again.",
        "Deze pagina toont gegevens van mensen. Open de link die kweek bij het starten liet zien; "
        "“kweek web --link” geeft een nieuwe. Open daarna deze pagina nog eens.",
    ),
    "problem.400": ("That was not understood", "Dat is niet begrepen"),
    "problem.400.help": ("Go back, and try it once more.", "Ga terug, en probeer het nog eens."),
    "problem.403": ("That may not be done from here", "Dat mag niet vanaf hier"),
    "problem.403.help": (
        "It did not come from Kweek's own page. Open the page again, and press its button there.",
        "Het kwam niet van Kweeks eigen pagina. Open de pagina opnieuw, en druk daar op de knop.",
    ),
    "problem.404": ("This page is not here", "Deze pagina is er niet"),
    "problem.404.help": (
        "The link may be cut off, or its mail too old. Try the whole link from the e-mail again, "
        "or simply answer the e-mail: a person reads it.",
        "De link is misschien afgebroken, of de mail te oud. Probeer de hele link uit de e-mail nog eens, "
        "of beantwoord de e-mail gewoon: een mens leest hem.",
    ),
    "problem.404.staff": (
        "It may have been erased with its lead, or the address is not whole.",
        "Misschien is het met zijn lead gewist, of is het adres niet compleet.",
    ),
    "problem.405": ("That cannot be done here", "Dat kan hier niet"),
    "problem.405.help": ("Go back, and use the page's own buttons.", "Ga terug, en gebruik de knoppen van de pagina."),
    "problem.413": ("That is too much at once", "Dat is te veel tegelijk"),
    "problem.413.help": ("Go back, and send less, or in parts.", "Ga terug, en stuur minder, of in delen."),
    "problem.429": ("That is a lot in one minute", "Dat is veel in één minuut"),
    "problem.429.help": (
        "Please wait a minute, then go back and send it again.",
        "Wacht een minuut, ga dan terug en verstuur het nog eens.",
    ),
    "problem.home": ("To the overview", "Naar het overzicht"),
    "problem.422": ("Something is not right yet", "Er klopt nog iets niet"),
    "problem.422.help": ("Go back, and mend this:", "Ga terug, en verbeter dit:"),
    "problem.503": ("Back in a moment", "Zo terug"),
    "problem.503.help": (
        "Nothing was lost, and nothing was accepted. Please try again in a minute.",
        "Er is niets verloren, en niets aangenomen. Probeer het over een minuut nog eens.",
    ),
    "problem.500": ("Something went wrong here", "Er ging hier iets mis"),
    "problem.500.help": (
        "It is our fault, and it was written down. Please try again.",
        "Het ligt aan ons, en het is genoteerd. Probeer het nog eens.",
    ),
}
