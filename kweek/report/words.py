"""What does the report of a simulation say? Its few sentences, in English and Dutch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from kweek.flow.simulate.arrivals import parse_arrivals

LANGUAGES: Final = ("en", "nl")

_DAYS: Final = ("Mon Tue Wed Thu Fri Sat Sun", "ma di wo do vr za zo")
_MONTHS: Final = (
    "January February March April May June July August September October November December",
    "januari februari maart april mei juni juli augustus september oktober november december",
)
_WORDS: Final[dict[str, tuple[str, str]]] = {
    "skip": ("Skip to the content", "Naar de inhoud"),
    "simulation": ("Simulation", "Simulatie"),
    "intro": (
        "{leads} make-believe leads, followed for {days} days from {first}. They come in {arrive}. Seed {seed}: "
        "the same seed gives the same leads.",
        "{leads} verzonnen leads, {days} dagen gevolgd vanaf {first}. Ze komen {arrive} binnen. Getal {seed}: "
        "hetzelfde getal geeft dezelfde leads.",
    ),
    "arrive.once": ("all at once", "allemaal tegelijk"),
    "arrive.days": ("over {days} days", "in {days} dagen"),
    "arrive.work": (", in working hours", ", in werktijd,"),
    "mix": ("What people do", "Wat mensen doen"),
    "day.by.day": ("Day by day", "Dag voor dag"),
    "day": ("Day {day}, {date}", "Dag {day}, {date}"),
    "play": ("Play", "Afspelen"),
    "pause": ("Pause", "Pauze"),
    "slider": ("Day of the simulation", "Dag van de simulatie"),
    "picture.help": (
        "On a card: who stands there when the day is over; on a card where nobody waits: who has passed it up to then. "
        "On a row: who took it up to then. The arrow keys move the day.",
        "Op een kaart: wie er staat als de dag om is; op een kaart waar niemand wacht: wie er tot dan langskwam. Op "
        "een regel: wie haar tot dan nam. De pijltjestoetsen verzetten de dag.",
    ),
    "under.way": ("under way", "onderweg"),
    "mails": ("Mails", "Mails"),
    "mails.day": ("Mails a day", "Mails per dag"),
    "mails.help": (
        "Grey: the send hours are closed. Service mail leaves at any hour.",
        "Grijs: buiten de verzenduren. Servicemail gaat op elk uur uit.",
    ),
    "call": ("Calls: {name}", "Telefoontjes: {name}"),
    "handover": ("Handovers: {name}", "Overdrachten: {name}"),
    "calls": ("calls", "telefoontjes"),
    "handovers": ("handovers", "overdrachten"),
    "opened": ("opened", "geopend"),
    "capacity": ("can be done", "kan worden gedaan"),
    "backlog": ("left over", "blijft liggen"),
    "desk.help": (
        "Bars: opened that day. Line: what can be done in a day. Dots: what is left over when the day is over.",
        "Staven: die dag geopend. Lijn: wat op een dag kan. Stippen: wat er blijft liggen als de dag om is.",
    ),
    "desk.free": (
        "How many can be done in a day is not written down (rules/teams.yaml).",
        "Hoeveel er op een dag kan, is niet opgeschreven (rules/teams.yaml).",
    ),
    "desk.fits": ("Nothing is left over for the next day.", "Er blijft niets liggen."),
    "desk.over": (
        "At most {most} are left over, on {date}.",
        "Er blijven er hoogstens {most} liggen, op {date}.",
    ),
    "table": ("The numbers, as a table", "De getallen, als tabel"),
    "date": ("Date", "Datum"),
    "endings": ("How it ends", "Hoe het afloopt"),
    "ending": ("End", "Einde"),
    "leads": ("Leads", "Leads"),
    "now": ("This version", "Deze versie"),
    "before": ("Before ({label})", "Eerst ({label})"),
    "difference": ("Difference", "Verschil"),
    "in.all": ("mails in all", "mails in totaal"),
    "worst": ("The most mails to one lead", "De meeste mails aan één lead"),
    "worst.none": ("Nobody gets any mail.", "Niemand krijgt een mail."),
    "worst.whole": ("In all: {mails}, lead {lead}.", "In totaal: {mails}, lead {lead}."),
    "worst.week": ("Within any seven days: {mails}, lead {lead}.", "Binnen zeven dagen: {mails}, lead {lead}."),
    "never": ("Nobody came here", "Hier kwam niemand"),
    "never.none": ("Every step and every row was walked.", "Elke stap en elke regel is gelopen."),
    "never.help": (
        "With these leads, in this time. More leads, more days or another mix may come there.",
        "Met deze leads, in deze tijd. Met meer leads, meer dagen of ander gedrag misschien wel.",
    ),
    "stories": ("The commonest ways", "De meest gelopen wegen"),
    "stories.help": (
        "There are {ways} different ways. Of each of the commonest, one lead's story.",
        "Er zijn {ways} verschillende wegen. Van elk van de meest gelopen: het verhaal van één lead.",
    ),
    "way": ("{leads} leads ({share}), as lead {lead}", "{leads} leads ({share}), zoals lead {lead}"),
    "as.before": ("What it was before", "Zoals het was"),
    "made.by": ("Made by kweek simulate. No lead exists, and nothing was sent.",
                "Gemaakt met kweek simulate. Geen lead bestaat, en er is niets verzonden."),
    "ends.discard": ("discard", "afgevoerd"),
    "ends.done": ("done", "klaar"),
    "ends.won": ("won", "gewonnen"),
    "ends.lost": ("lost", "verloren"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spoken:
    """One of LANGUAGES, spoken."""

    language: str

    @property
    def _place(self) -> int:
        return LANGUAGES.index(self.language)

    def __call__(self, key: str, **values: object) -> str:
        """KeyError: nobody has written this key."""
        sentence = _WORDS[key][self._place]
        return sentence.format(**values) if values else sentence

    def ending(self, result: str) -> str:
        """`flow x` is called as in the picture."""
        known = _WORDS.get(f"ends.{result}")
        return known[self._place] if known else result.replace("flow ", "→ ")

    def arrive(self, arrive: str) -> str:
        """As `Arrivals` writes it, in words of this language."""
        one = parse_arrivals(arrive)
        return self("arrive.days" if one.days else "arrive.once", **({"days": one.days} if one.days else {})) + (
            self("arrive.work") if one.working else ""
        )

    def date(self, day: date, short: bool = True) -> str:
        """`Mon 2 Mar`, `ma 2 mrt`."""
        month = _MONTHS[self._place].split()[day.month - 1]
        month = ("mrt" if month == "maart" else month[:3]) if short else month
        weekday = _DAYS[self._place].split()[day.weekday()]
        return f"{weekday} {day.day} {month}" if short else f"{weekday} {day.day} {month} {day.year}"

    def number(self, number: int) -> str:
        """A space between thousands does for both."""
        return f"{number:,}".replace(",", "\u2009")

    def per_cent(self, part: int, whole: int) -> str:
        per_cent = 100 * part / whole if whole else 0
        text = f"{per_cent:.0f}" if per_cent >= 1 or not part else f"{per_cent:.1f}"
        return f"{text.replace('.', ',') if self.language == 'nl' else text}\u2009%"
