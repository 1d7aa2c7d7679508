"""With what does a flow begin? One mail after two days, who hears of whoever reads on, and tests that hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kweek.mails.template import parse_mail

_FLOW: Final = """\
# What this flow is for, in a line or two.
flow: {name}
title: {title}
start: {start}

steps:
  - wait: 2 days
  - send: {name}
    within: 7 days
    when:
      clicked read-more: interested
      bounced: discard
    otherwise: done

paths:
  interested:
    - score: {{ interest: 5 }}
    - tell: owner
      text: Reads on. A good moment to call.
    - end: done
"""
_TESTS: Final = """\
flow: {name}
tests:

  - name: who reads on is told of
    events:
      day 3: {{ clicked: read-more }}
    expect:
      day 2: send {name}
      day 3: [score, tell owner]
      ends: day 3, done

  - name: who does nothing is left in peace
    expect:
      day 2: send {name}
      ends: day 9, done
      never: [tell]

  - name: an address that is dead hears nothing more
    events:
      day 3: bounced
    expect:
      ends: day 3, discard
"""
_MAIL: Final = """\
---
subject: {title}
kind: marketing
purpose: {purpose}
---
{hello}{{% if lead.first_name %}} {{{{ lead.first_name }}}}{{% endif %}},

{body}

[{link}]({website} "read-more")

{regards},

{{{{ sender.name }}}}
"""
_EN: Final = {
    "hello": "Hello",
    "body": "Write here what is of use to whoever gets this mail.",
    "link": "Read on",
    "regards": "Kind regards",
}
_NL: Final = {
    "hello": "Goedendag",
    "body": "Schrijf hier wat van nut is voor wie deze mail krijgt.",
    "link": "Lees verder",
    "regards": "Met vriendelijke groet",
}
WRITTEN: Final[Mapping[str, Mapping[str, str]]] = {"en": _EN, "nl": _NL}
"""Languages that a mail can begin in; in another one it begins in English."""


@dataclass(frozen=True, slots=True)
class House:
    """What of a workspace its flows have in common. website: where a link may lead to begin with."""

    languages: Sequence[str]
    purpose: str
    website: str


def title_of(name: str) -> str:
    return name.replace("-", " ").capitalize()


def event_of(name: str) -> str:
    """`trial-pump` and `trial-pump-request` → `trial_pump.requested`."""
    noun = name.removesuffix("-request").replace("-", "_")
    return f"{noun if noun[0].isalpha() else f'flow_{noun}'}.requested"


def purpose_in(texts: Mapping[str, str]) -> str:
    """What most of these mails ask consent for; texts: by path."""
    mails = (parse_mail(path, text)[0] for path, text in texts.items() if path.startswith("templates/mails/"))
    found = Counter(mail.purpose for mail in mails if mail is not None and mail.purpose)
    return found.most_common(1)[0][0] if found else "news"


def skeleton(name: str, start: str, house: House) -> dict[str, str]:
    """start: an event, or `manual`."""
    title = title_of(name)
    texts = {
        f"flows/{name}.yaml": _FLOW.format(name=name, title=title, start=start),
        f"flows/tests/{name}.yaml": _TESTS.format(name=name),
    }
    for language in house.languages:
        said = WRITTEN.get(language.partition("-")[0], _EN)
        mail = _MAIL.format(title=title, purpose=house.purpose, website=house.website, **said)
        texts[f"templates/mails/{name}.{language}.md"] = mail
    return texts
