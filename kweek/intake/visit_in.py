"""What may a browser tell us of its visit? One message at a time, every field of it checked, and nothing besides."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import unquote, unquote_plus, urlsplit

from msgspec import DecodeError, Meta, Struct, ValidationError, json

from kweek.intake.incoming import BadEventError, Fault
from kweek.intake.values import printable

LARGEST: Final = 48 * 1024  # bytes: twice the longest address that a server takes, and what is on the page
LONGEST: Final = 200  # of a title, a topic, a name: the rest is left out
LONGEST_PATH: Final = 2_000  # and of a path
UTM: Final = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")

Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
Path = Annotated[str, Meta(pattern=r"^/[^\x00-\x20\x7f?#]*\Z")]
Words = Annotated[str, Meta(pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*\Z")]
Token = Annotated[str, Meta(pattern=r"^[\w.-]+\Z")]
Number = Annotated[int, Meta(ge=-1_000_000_000, le=1_000_000_000)]


class Viewed(Struct, frozen=True, forbid_unknown_fields=True, tag_field="did", tag="page.viewed"):
    """A page was opened. utm: as they stand in its address. agreed: the words that were shown, when they were agreed to
    on this page. who: what a link in one of our mails brought along."""

    visitor: Id
    id: Id
    path: Path
    title: Words = ""
    topic: Words = ""
    utm: tuple[Words, ...] | None = None
    referrer: Words = ""
    agreed: Annotated[Words, Meta(min_length=1, max_length=2_000)] | None = None
    who: Token | None = None

    def source(self, website: str) -> dict[str, str]:
        """From where it came: what the link said, and the host of the page on which it stood, but for our own."""
        pairs = (said.partition("=") for said in self.utm or ())
        source = {name: line(unquote_plus(value)) for name, _, value in pairs if name in UTM}
        source["referrer"] = _host(self.referrer, website)
        return {name: value for name, value in source.items() if value}


class Left(Struct, frozen=True, forbid_unknown_fields=True, tag_field="did", tag="page.left"):
    """And left again. id: as it was opened. seconds: in sight. depth: how far down, in percent."""

    visitor: Id
    id: Id
    seconds: Number
    depth: Number


class Took(Struct, frozen=True, forbid_unknown_fields=True, tag_field="did", tag="download.taken"):
    """A file was taken."""

    visitor: Id
    id: Id
    path: Path

    @property
    def document(self) -> str:
        """Its name."""
        return line(unquote(self.path.rpartition("/")[2])) or self.path[:LONGEST]


class Forget(Struct, frozen=True, forbid_unknown_fields=True, tag_field="did", tag="forget"):
    """What was agreed to holds no longer."""

    visitor: Id


Message = Viewed | Left | Took | Forget


def read_message(body: bytes) -> Message:
    """BadEventError says what is wrong with it."""
    try:
        return json.decode(body, type=Message)
    except ValidationError as error:
        words, _, field = str(error).partition(" - at `$.")
        raise BadEventError([Fault(field.rstrip("`") or "visit", words)], "visit") from None
    except (DecodeError, RecursionError):
        raise BadEventError([Fault("visit", "this is not JSON that can be read")], "visit") from None


def line(text: str) -> str:
    """As it may be kept."""
    return " ".join(text.split())[:LONGEST] if printable(text) else ""


def _host(address: str, website: str) -> str:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return "" if host == urlsplit(website).hostname else line(host)
