"""Who are we, and how do we speak to leads? rules/workspace.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from kweek.flow.catalogue import CHANNEL_KINDS, KEEP_VISITS, ChannelKind, Hook, Sender, Settings
from kweek.flow.kebab import parse_name
from kweek.flow.load.events import FieldReader
from kweek.flow.load.languages import meant_language, parse_language
from kweek.flow.load.texts import parse_address, parse_currency, parse_elapsed, parse_limit, parse_url
from kweek.flow.origin import parse_origin
from kweek.flow.problems import Located, value_of
from kweek.flow.public import is_within
from kweek.flow.yaml import Pair, Pairs, Text
from kweek.rules.wall import zone

SENDER_KEYS: Final = ("name", "address", "reply_to", "postal_address")
HOOK_KEYS: Final = ("url", "sends", "hears")
UNSURE: Final[tuple[Literal["resend", "hold"], ...]] = ("resend", "hold")
KEYS: Final = (
    "name", "languages", "timezone", "calendar", "send_hours", "limit", "sender", "fields", "channels", "webhooks",
    "when_unsure", "websites", "currency", "keep_visits",
)  # fmt: skip


class SettingsReader(FieldReader):
    """Reads rules/workspace.yaml."""

    def read(self, root: Pairs) -> Settings:
        examples = {"name": "Example Ltd", "languages": "[nl, en]", "timezone": "Europe/Amsterdam"}
        known = self.known(root.pairs, KEYS, "rules/workspace.yaml", tuple(examples))
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
            channels=self._channels(known.get("channels")),
            webhooks=self._webhooks(known.get("webhooks")),
            when_unsure=value_of(self.one_of(known.get("when_unsure"), UNSURE)) or "resend",
            websites=self._websites(known.get("websites")),
            currency=value_of(self.parsed(known.get("currency"), parse_currency, "currency")) or "EUR",
            keep_visits=value_of(self.parsed(known.get("keep_visits"), parse_elapsed, "duration")) or KEEP_VISITS,
        )

    def _languages(self, pair: Pair | None) -> tuple[str, ...]:
        """One that is none is read as what was meant; where nobody can tell, nothing is held against the others."""
        found: list[str | None] = []
        for text in self.texts(pair) if pair else ():
            language = self.reread(text, parse_language, "language")
            found.append(language.value if language else meant_language(text.value))
        return tuple(dict.fromkeys(language for language in found if language is not None))

    def _websites(self, pair: Pair | None) -> tuple[str, ...]:
        found = (self.reread(text, parse_origin, "website") for text in (self.texts(pair) if pair else ()))
        return tuple(dict.fromkeys(origin.value for origin in found if origin))

    def _sender(self, pair: Pair | None) -> Sender | None:
        if pair is None:
            return None
        known = self.fields(pair.value, pair.key, SENDER_KEYS)
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

    def _channels(self, pair: Pair | None) -> Mapping[str, ChannelKind]:
        lines = self._named(pair, "sales-floor: slack")
        kinds = {line.key.value: self._channel(line) for line in lines}
        return {name: kind.value for name, kind in kinds.items() if kind is not None}

    def _channel(self, line: Pair) -> Located[ChannelKind] | None:
        if isinstance(line.value, Text) and line.value.empty and line.value.comment.strip().startswith("#"):
            what = f"“{line.key.value}” does not say what kind of channel it is."
            why = "From # on, all is a remark; which room it is, its address says, which is set where Kweek runs."
            kinds = " — or ".join(CHANNEL_KINDS)
            self.note(line.value.at, "channel", what, why, f"Write: {line.key.value}: {kinds}")
            return None
        return self.one_of(line, CHANNEL_KINDS, "channel")

    def _webhooks(self, pair: Pair | None) -> Mapping[str, Hook]:
        found: dict[str, Hook] = {}
        for line in self._named(pair, "crm: and below it url: https://…"):
            known = self.fields(line.value, line.key, HOOK_KEYS, "url: https://crm.example.com/kweek")
            if isinstance(line.value, Pairs):
                examples = {"url": "https://crm.example.com/kweek"}
                self.required(known, examples, line.key.at, f"The webhook “{line.key.value}”")
            url = self.parsed(known.get("url"), parse_url, "url")
            sends, hears = (self.texts(known[word]) if word in known else () for word in ("sends", "hears"))
            if url is not None:
                self._reaches(url)
                found[line.key.value] = Hook(url.value, sends, hears)
        return found

    def _reaches(self, url: Located[str]) -> None:
        """Will it be sent there? Only whoever runs Kweek can say that it may go to an address within."""
        if is_within(url.value):
            what, why = "This is no public address.", "Nothing would be sent to it."
            fix = "Write the public one; or have the network named in KWEEK_OUTGOING_ALLOW."
            self.note(url.at, "address-within", what, why, fix, "warning")
        elif url.value.startswith("http:"):
            what, why = "This goes out without TLS.", "Anybody on the way can read it."
            self.note(url.at, "plain-http", what, why, "Write https://", "warning")

    def _named(self, pair: Pair | None, example: str) -> tuple[Pair, ...]:
        """Lines whose keys are names of ours: settings are named after them."""
        lines = self.pairs(pair.value, pair.key, example) if pair else ()
        for line in lines:
            self.reread(line.key.located, parse_name, "name")
        return lines


def _zone(text: str) -> str:
    """The name of a time zone. ValueError: there is none."""
    return zone(text).key
