"""What does Kweek itself write to colleagues? A few short notices, in the workspace's first language if it can."""

from __future__ import annotations

from typing import Final, Literal

from kweek.mails.template import MailTemplate

Notice = Literal["tell", "handover", "reminder", "escalation", "task"]

_WHO_NL: Final = """
**{{ lead.name or lead.email or "Onbekend" }}**{% if lead.job_title %}, {{ lead.job_title }}{% endif %}\
{% if company.name %}, {{ company.name }}{% endif %}

{% if lead.phone %}- Telefoon: {{ lead.phone }}
{% endif %}{% if lead.email %}- E-mail: {{ lead.email }}
{% endif %}
[Openen in Kweek]({{ lead_url }})
"""
_WHO_EN: Final = """
**{{ lead.name or lead.email or "Unknown" }}**{% if lead.job_title %}, {{ lead.job_title }}{% endif %}\
{% if company.name %}, {{ company.name }}{% endif %}

{% if lead.phone %}- Telephone: {{ lead.phone }}
{% endif %}{% if lead.email %}- E-mail: {{ lead.email }}
{% endif %}
[Open in Kweek]({{ lead_url }})
"""
_WHO_IN_CHANNEL: Final = """
{{ lead.name or "" }}{% if lead.job_title %}, {{ lead.job_title }}{% endif %}\
{% if company.name %}, {{ company.name }}{% endif %}
"""
_NAME: Final = "{{ lead.name or lead.email or company.name }}"
# What a colleague is told begins in the subject already: a bare name says nothing of why one hears it.
_SHOWN: Final = 80
_TOLD: Final = (
    "{% set who = lead.name or lead.email or company.name or '' %}"
    f"{{% set told = event.text|truncate({_SHOWN}, false, '…', 0) %}}"
    "{{ told if not who or who in event.text else who ~ ': ' ~ told if told else who }}"
)
_TOLD_BELOW: Final = "{{ event.text }}\n"
_REST_IN_CHANNEL: Final = f"{{% if event.text|length > {_SHOWN} %}}{{{{ event.text }}}}{{% endif %}}\n"
"""A message in a channel is read from its heading on: there it is said once."""

_NL: Final[dict[Notice, tuple[str, str]]] = {
    "tell": (_TOLD, _TOLD_BELOW),
    "handover": (
        f"Nieuwe lead voor u: {_NAME}",
        "Deze lead is aan u overgedragen{% if event.overdue %}; het contact is sinds **{{ event.until }}** te laat"
        "{% elif event.until %}; neem contact op vóór **{{ event.until }}**{% endif %}.\n",
    ),
    "reminder": (
        f"Herinnering: {_NAME} wacht op u",
        "U hebt nog geen contact vastgelegd{% if event.overdue %}; het is sinds **{{ event.until }}** te laat"
        "{% elif event.until %}; dat moet vóór **{{ event.until }}**{% endif %}.\n",
    ),
    "escalation": (
        f"Niet opgevolgd: {_NAME}",
        "Deze lead is niet op tijd opgevolgd{% if event.owner %} door {{ event.owner }}{% endif %}.\n",
    ),
    "task": (f"Taak: {{{{ event.text }}}} ({_NAME})", "Er ligt een taak voor u: {{ event.text }}.\n"),
}
_EN: Final[dict[Notice, tuple[str, str]]] = {
    "tell": (_TOLD, _TOLD_BELOW),
    "handover": (
        f"A new lead for you: {_NAME}",
        "This lead was handed over to you{% if event.overdue %}; contact is overdue since **{{ event.until }}**"
        "{% elif event.until %}; contact it before **{{ event.until }}**{% endif %}.\n",
    ),
    "reminder": (
        f"Reminder: {_NAME} waits for you",
        "You have not logged a contact yet{% if event.overdue %}; it is overdue since **{{ event.until }}**"
        "{% elif event.until %}; it is due before **{{ event.until }}**{% endif %}.\n",
    ),
    "escalation": (
        f"Not followed up: {_NAME}",
        "This lead was not followed up in time{% if event.owner %} by {{ event.owner }}{% endif %}.\n",
    ),
    "task": (f"Task: {{{{ event.text }}}} ({_NAME})", "There is a task for you: {{ event.text }}.\n"),
}


def notice(what: Notice, language: str, *, in_channel: bool = False) -> MailTemplate:
    """The template; `event` in it holds `text`, `owner`, `until` and `overdue` (that moment is past), as far
    as they apply."""
    dutch = language.split("-")[0] == "nl"
    subject, body = (_NL if dutch else _EN)[what]
    if in_channel and what == "tell":
        body = _REST_IN_CHANNEL
    spoken = "nl" if dutch else "en"
    who = _WHO_IN_CHANNEL if in_channel else _WHO_NL if dutch else _WHO_EN
    return MailTemplate(
        f"notice-{what}", spoken, f"notice-{what}.{spoken}.md", subject, body + who, 1, kind="service",
    )  # fmt: skip


def open_in_kweek(language: str) -> str:
    """The words of the link to where it can be acted on."""
    return "Openen in Kweek" if language.split("-")[0] == "nl" else "Open in Kweek"
