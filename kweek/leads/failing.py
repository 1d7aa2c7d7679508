"""Why has a lead the points that it had? Which rule failed on which event, and what is to be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any, cast

from sqlalchemy.exc import DBAPIError

from kweek.rules.scoring import Did, RuleFailed


def why_failed(failed: RuleFailed, zone: tzinfo) -> str:
    """For people, the error itself behind it. zone: by whose clock the event is told. DBAPIError: the database failed,
    and no rule."""
    cause = failed.__cause__
    if isinstance(cause, DBAPIError):
        raise cause
    about = "" if failed.did is None else f", event {_named(failed.did, zone)}"
    return (
        f"Rule “{failed.rule.because}”{about}: {_what(failed.did)}. Look at the lead's story, and tell whoever keeps "
        f"Kweek ({type(cause).__name__}: {cause})."
    )


def _named(did: Did, zone: tzinfo) -> str:
    at = did.at.astimezone(zone)
    return f"{did.kind} of {at.day} {at:%B %Y %H:%M}"


def _what(did: Did | None) -> str:
    if did is None:
        return "it cannot be reckoned with what is known of this lead"
    if not isinstance(cast("Any", did.data), Mapping):
        return "what came with the event cannot be read, it should be names with their values"
    return "it cannot be reckoned with what came with the event"
