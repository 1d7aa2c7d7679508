"""Which of our words did the author mean? Dutch and everyday words for those of the flow language, for remedies."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final

_OURS: Final = """
steps: stappen, stap, step, actions, sequence, jobs, acties
paths: paden, pad, routes, branches
title: titel
about: omschrijving, description
flow: stroom, workflow, naam, name
start: begin, trigger, on, triggers, starts
goal: doel
limit: limiet, maximum
reentry: herhaling
timezone: tijdzone
send_hours: verzendtijden
wait: wacht, wachten, pause, pauze, delay, sleep, after, na
send: stuur, verstuur, verzend, mail, email, mails
call: bel, bellen, phone
handover: overdracht, overdragen, transfer
task: taak, todo, to do
choose: kies, keuze, switch, decide, branch, fork, split, decision
go: ga, goto, jump, naar, then, dan, to, do
end: einde, stop, finish, eindig, exit, quit
tell: vertel, notify, meld, alert, inform
set: zet, update, update field, set field, update fields, set fields
score: punten, points
tag: label, labels, tags, add tag, apply tag, set tag
untag: detag, remove tag, delete tag
within: binnen, timeout, due, due in, deadline, time limit, duration, termijn
when: wanneer, zodra, on, if
otherwise: anders
if: als, indien, elif, elseif, else if, otherwise if, or if, anders als, condition, conditie, voorwaarde, when, where
else: anders, default, otherwise, no reaction, no response, geen reactie, others, all others, overig
rest: rust, sleep, nothing, none, nobody, wait, pause, niets, -
share: deel, percentage, random, chance, kans
at_most: max, maximum, hoogstens, maximaal, times
then: else, daarna, afterwards
to: for, voor, aan, assignee, assign, assigned to, assign to
attempts: pogingen, tries, retries
apart: tussenpoos, interval, between
queue: wachtrij
priority: prioriteit
prefer: voorkeur
remind: herinner, herinnering, reminder
follow_up: opvolgen, opvolging, deadline, due, sla
escalate: escaleer, escalatie
after: na, in, delay
every: elke, ieder, iedere, each, repeat, cron, schedule
nothing: none, nobody, niets, no mail, no-mail, niks
reassign: hertoewijzen, assign, give, hand to
because: omdat, reden, reason
events: gebeurtenissen, given, happens, does
expect: verwacht, expected, expects, expectations, then, should, assert
team: group, ploeg
capacity: capaciteit, max, maximum
manager: boss, leader, team lead, chef, teamleider
raises: raise, emits, triggers
fills: fill, field, saves
starts: started, begins, begin
expires: verloopt
outcomes: uitkomsten, results
sent: mail, mails, mailed, verzonden, verstuurd, gemaild
attempted: called, call, calls, gebeld
opened: geopend, open
clicked: geklikt, click
answered: beantwoord, ingevuld
replied: geantwoord, reply
bounced: gebounced, bounce
unclear: onduidelijk
undelivered: onbezorgd
blocked: geblokkeerd
interested: geïnteresseerd, geinteresseerd
appointment: afspraak
quote: offerte
not interested: uninterested, niet geïnteresseerd, niet geinteresseerd, geen interesse
unreachable: onbereikbaar
wrong person: verkeerde, persoon
rejected: afgewezen, geweigerd
won: gewonnen
lost: verloren
done: klaar, gereed, stop, finish, finished, end, exit, quit
discard: weggooien, delete, remove, drop, verwijderen
id: identifier, name
next: volgende, verder, continue, proceed, doorgaan
ignore: ignored, ignores, negeer, negeren
never: nooit
always: altijd
owner: eigenaar
low: laag
high: hoog
normal: normaal
subject: onderwerp, title, titel
preview: preheader, voorbeeld
kind: soort, type
purpose: doel, doeleinde
from: van, afzender
survey: enquête, enquete, vragenlijst
questions: vragen
ask: vraag, question, name, key
options: opties, keuzes, answers, choices
required: verplicht
intro: inleiding
thanks: bedankt
text: tekst, string, str, message, body, label, title, question
type: soort, kind
number: getal, nummer, integer, int, float
date: datum
moment: datetime, timestamp, tijdstip
choice: keuze, single
several: meerkeuze, multiple
scale: schaal
yes/no: bool, boolean, ja/nee
true: ja, yes, on, waar
false: nee, no, off, onwaar
marketing: commercieel, commercial
service: transactioneel, transactional
survey_url: survey_link, survey_adres, enquete_url, enquete_link
unsubscribe_url: unsubscribe_link, unsubscribe, afmeldlink
sales: verkoop
calendar: kalender
hours: uren, tijden, times, opening hours, opening times, openingstijden
closed: gesloten, dicht
holidays: feestdagen
members: leden, people, persons, mensen, staff, team members, colleagues
languages: talen, taal, language
fields: velden
name: naam, title, titel
data: gegevens, velden
hard: hot
soft: warm
monday: maandag, mon, ma
tuesday: dinsdag, tue, di
wednesday: woensdag, wed, wo
thursday: donderdag, thu, do
friday: vrijdag, fri, vr
saturday: zaterdag, sat, za
sunday: zondag, sun, zo
monday-friday: weekdays, week days, weekday, workdays, working days, business days, werkdagen, doordeweeks
saturday-sunday: weekend, weekends, the weekend, het weekend
monday-sunday: every day, everyday, daily, all days, all week, elke dag, iedere dag, dagelijks
00:00-24:00: all day, whole day, 24 hours, 24h, 24/7, always, day and night, round the clock, hele dag, altijd
under way: underway, in progress, onderweg, running
lead: contact, recipient, prospect
sales qualified: sql
marketing qualified: mql
matches: contains, like
happened: has, did, has_happened
lead.job_title: lead.function, lead.functie, lead.role, lead.rol, lead.position, lead.job, lead.occupation
company.size: company.employees, company.headcount, company.staff, company.medewerkers
company.sector: company.industry, company.branche
known: exists, is known, has value
tagged: has tag, hastag, is tagged
out of office: auto reply, autoreply, automatic reply, ooo, afwezig
"""


def meant(word: str, known: Iterable[str]) -> str | None:
    """The known word of which this is another word. `word` in small letters."""
    word = _plain(word)
    return next((name for name in known if word in _others().get(name, ())), None)


@cache
def _others() -> dict[str, frozenset[str]]:
    """Our word → the others."""
    lines = (line.partition(": ") for line in _OURS.strip().splitlines())
    return {ours: frozenset(map(_plain, others.split(", "))) for ours, _, others in lines}


def _plain(word: str) -> str:
    """With blanks, however its parts are joined: `assigned_to`."""
    return word.replace("_", " ").replace("-", " ")
