"""What do the house's own pages say? Their few sentences, in Dutch and English."""

from __future__ import annotations

from typing import Final

LANGUAGES: Final = ("en", "nl")


def say(language: str, key: str, **values: object) -> str:
    """The sentence of this key, with its `{values}` filled in. KeyError for a key that is not in the list."""
    sentence = _WORDS[key][LANGUAGES.index(language)]
    return sentence.format(**values) if values else sentence


_WORDS: Final[dict[str, tuple[str, str]]] = {
    # frame
    "skip": ("Skip to the content", "Naar de inhoud"),
    "nav.home": ("Overview", "Overzicht"),
    "nav.mails": ("Mail catcher", "Mailvanger"),
    # problems
    "problem.401": ("Please sign in", "Eerst aanmelden"),
    "problem.401.help": (
        "This page shows people's data. Open the link that kweek printed when it started; "
        "“kweek web --link” prints a new one.",
        "Deze pagina toont gegevens van mensen. Open de link die kweek bij het starten liet zien; "
        "“kweek web --link” geeft een nieuwe.",
    ),
    "problem.403": ("That may not be done from here", "Dat mag niet vanaf hier"),
    "problem.404": ("This page is not here", "Deze pagina is er niet"),
    "problem.404.help": (
        "The link may be cut off, or its mail too old. Try the whole link from the e-mail again, "
        "or simply answer the e-mail: a person reads it.",
        "De link is misschien afgebroken, of de mail te oud. Probeer de hele link uit de e-mail nog eens, "
        "of beantwoord de e-mail gewoon: een mens leest hem.",
    ),
    "problem.405": ("That cannot be done here", "Dat kan hier niet"),
    "problem.413": ("That is too much at once", "Dat is te veel tegelijk"),
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
    # survey
    "survey.send": ("Send", "Versturen"),
    "survey.required": ("(required)", "(verplicht)"),
    "survey.several": ("Choose as many as you like.", "Kies er zoveel als u wilt."),
    "survey.choose": ("Choose one.", "Kies er één."),
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
    # unsubscribe
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
    # forms
    "form.thanks": ("Thank you", "Dank u wel"),
    "form.thanks.words": (
        "We have received it, and you will hear from us.",
        "We hebben het ontvangen, en u hoort van ons.",
    ),
    # overview
    "home.title": ("Overview", "Overzicht"),
    "home.now": ("It is {now} for the flows.", "Voor de flows is het {now}."),
    "home.flows": ("Flows", "Flows"),
    "home.flows.none": (
        "No flow is published yet. “kweek publish” makes the files in flows/ into flows that leads walk.",
        "Er is nog geen flow gepubliceerd. “kweek publish” maakt van de bestanden in flows/ flows die leads volgen.",
    ),
    "home.flow.leads": ("{count} under way", "{count} onderweg"),
    "home.flow.version": ("version {number}", "versie {number}"),
    "home.flow.paused": ("paused", "gepauzeerd"),
    "home.flow.empty": ("No lead is in this flow now.", "Er is nu geen lead in deze flow."),
    "home.step": ("Step", "Stap"),
    "home.leads": ("Leads", "Leads"),
    "home.lead": ("Lead", "Lead"),
    "home.ended": ("Ended", "Geëindigd"),
    "home.calls": ("Open call tasks", "Open belopdrachten"),
    "home.calls.none": ("Nobody needs to be called now.", "Er hoeft nu niemand gebeld te worden."),
    "home.script": ("Script", "Script"),
    "home.queue": ("Queue", "Wachtrij"),
    "home.since": ("Since", "Sinds"),
    "home.with": ("With", "Bij"),
    "home.from": ("Not before", "Niet vóór"),
    "home.attempts": ("Attempts", "Pogingen"),
    "home.handovers": ("Handovers", "Overdrachten"),
    "home.handovers.none": ("Sales has nothing open.", "Sales heeft niets openstaan."),
    "home.team": ("Team", "Team"),
    "home.clock": ("First contact", "Eerste contact"),
    "result.done": ("done", "afgerond"),
    "result.discard": ("discard", "afgevoerd"),
    "result.won": ("won", "gewonnen"),
    "result.lost": ("lost", "verloren"),
    "result.merged": ("merged", "samengevoegd"),
    "result.moved": ("moved", "naar een andere flow"),
    "home.clock.left": ("{span} left", "nog {span}"),
    "home.clock.overdue": ("{span} overdue", "{span} te laat"),
    "home.clock.done": ("made {at}", "gelegd {at}"),
    "home.clock.none": ("no clock", "geen klok"),
    "home.escalations": ("Escalations", "Escalaties"),
    "home.tasks": ("Other tasks", "Andere taken"),
    "home.task": ("Task", "Taak"),
    "home.due": ("Due", "Uiterlijk"),
    "home.mails": ("Last mails", "Laatste mails"),
    "home.mails.none": ("No mail has left yet.", "Er is nog geen mail vertrokken."),
    "home.mail": ("Mail", "Mail"),
    "home.to": ("To", "Aan"),
    "home.subject": ("Subject", "Onderwerp"),
    "home.status": ("Status", "Status"),
    "home.at": ("At", "Op"),
    "home.held": ("Held: a person must look", "Vastgehouden: hier moet iemand naar kijken"),
    "home.held.mails": ("Mails of which nobody knows whether they left", "Mails waarvan niemand weet of ze weg zijn"),
    "home.held.leads": ("Leads that stand still", "Leads die stilstaan"),
    "home.why": ("Why", "Waarom"),
    # catcher
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
