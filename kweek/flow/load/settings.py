"""Who are we, and how do we speak to leads? rules/workspace.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

from kweek.flow.catalogue import Sender, Settings
from kweek.flow.load.events import FieldReader
from kweek.flow.load.texts import parse_address, parse_limit
from kweek.flow.origin import parse_origin
from kweek.flow.problems import Located, value_of
from kweek.flow.yaml import Pair, Pairs, Text
from kweek.rules.wall import zone

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_UNSURE: Final[tuple[Literal["resend", "hold"], ...]] = ("resend", "hold")
_KEYS: Final = (
    "name", "languages", "timezone", "calendar", "send_hours", "limit", "sender", "fields", "channels", "webhooks",
    "when_unsure", "websites",
)  # fmt: skip


class SettingsReader(FieldReader):
    """Reads rules/workspace.yaml."""

    def read(self, root: Pairs) -> Settings:
        known = self.known(root.pairs, _KEYS, "rules/workspace.yaml")
        examples = {"name": "Example Ltd", "languages": "[nl, en]", "timezone": "Europe/Amsterdam"}
        self.required(known, examples, root.at, "The workspace")
        return Settings(
            name=value_of(self.text(known.get("name"), prose=True)) or "Kweek",
            languages=self._languages(known.get("languages")) or ("en",),
            timezone=value_of(self.parsed(known.get("timezone"), _zone, "timezone")) or "UTC",
            calendar=self.text(known.get("calendar")),
            send_hours=self.text(known.get("send_hours")),
            limit=value_of(self.parsed(known.get("limit"), parse_limit, "limit")),
            sender=self._sender(known.get("sender")),
            fields=self.typed(known.get("fields"), "contract_end: date"),
            channels=self._described(known.get("channels")),
            webhooks=self._described(known.get("webhooks")),
            when_unsure=value_of(self.one_of(known.get("when_unsure"), _UNSURE)) or "resend",
            websites=self._websites(known.get("websites")),
        )

    def _languages(self, pair: Pair | None) -> tuple[str, ...]:
        found = self.texts(pair) if pair else ()
        for language in found:
            if not _LANGUAGE.fullmatch(language.value):
                what = f"“{language.value}” is not a language code."
                self.note(language.at, "language", what, "", "Write its two letters: nl, en, de, fr")
        return tuple(dict.fromkeys(language.value for language in found))

    def _websites(self, pair: Pair | None) -> tuple[str, ...]:
        found = (self.reread(text, parse_origin, "website") for text in (self.texts(pair) if pair else ()))
        return tuple(dict.fromkeys(origin.value for origin in found if origin))

    def _sender(self, pair: Pair | None) -> Sender | None:
        if pair is None:
            return None
        known = self.fields(pair.value, pair.key, ("name", "address", "reply_to", "postal_address"))
        if isinstance(pair.value, Pairs):
            examples = {"name": "Example Ltd", "address": "info@example.com"}
            self.required(known, examples, pair.key.at, "The sender")
        name, postal = (self.text(known.get(word), prose=True) for word in ("name", "postal_address"))
        address, reply_to = self._address(known.get("address")), self._address(known.get("reply_to"))
        if name is None or address is None:
            return None
        return Sender(name.value, address.value, value_of(reply_to), value_of(postal))

    def _address(self, pair: Pair | None) -> Located[str] | None:
        return self.parsed(pair, parse_address, "address")

    def _described(self, pair: Pair | None) -> Mapping[str, str]:
        """Names, each with a word of explanation (which may be left out)."""
        if pair is None:
            return {}
        found: dict[str, str] = {}
        for line in self.pairs(pair.value, pair.key, "crm: our CRM"):
            found[line.key.value] = line.value.value if isinstance(line.value, Text) else ""
            if not isinstance(line.value, Text):
                self.note(line.value.at, "text-wanted", f"“{line.key.value}” takes a few words.", "", "Say what it is.")
        return found


def _zone(text: str) -> str:
    """The name of a time zone. ValueError: there is none."""
    return zone(text).key
