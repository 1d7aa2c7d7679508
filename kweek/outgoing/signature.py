"""By what does another program know that it is us? A signature by Standard Webhooks, with a secret for each webhook.

The secret follows from the installation's own and the webhook's name, so that there is none to keep: `kweek outgoing
NAME` shows it to whoever may read that one.
"""

from __future__ import annotations

import base64
from datetime import datetime

from standardwebhooks import Webhook

from kweek.config import Settings


def secret_of(settings: Settings, name: str) -> str:
    """As the receiver is given it. SecretError."""
    return f"whsec_{base64.b64encode(settings.key(f'webhook {name}')).decode()}"


def signed(settings: Settings, name: str, id: str, body: str, at: datetime) -> dict[str, str]:
    """The headers. at: real time, for receivers refuse what is older than five minutes. SecretError."""
    signature = Webhook(secret_of(settings, name)).sign(id, at, body)
    return {"webhook-id": id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}
