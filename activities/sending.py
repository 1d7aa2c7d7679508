"""What comes after a mail? The turn that its result asks for, taken where it left: one way to the server less."""

from __future__ import annotations

import asyncio

from temporalio import activity

from activities.email import Email
from activities.turn import Turns


class Sending:
    """`send_mail`, as Temporal knows it."""

    def __init__(self, email: Email, turns: Turns) -> None:
        self.email, self.turns = email, turns

    @activity.defn(name="send_mail")
    async def send_mail(self, key: str, n: int = 0) -> dict[str, object] | None:
        """Have it leave, and answer the next turn (a TurnAnswer, in brief); None: the workflow takes that itself.
        n: the turn that sent it."""
        lead_id = await self.email.send_mail(key)
        if lead_id is None:
            return None
        try:
            return await asyncio.to_thread(self.turns.turn_after, lead_id, n, activity.info().started_time)
        except Exception:  # the mail has left, whatever this is; the workflow's own turn meets it too, and says so
            return None
