"""What does everything that is signed rest on? The installation's secret: a file, made once and never made anew.

With another one, links in mails that left lead nowhere, and whoever unsubscribed is not recognised any more: an address
that must not be written to is kept as a hash under it. So nobody makes one in passing; `kweek.leads.installation`
knows when one is due, and whether it is the right one.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Final

from kweek.errors import SettingsError

_SHORTEST: Final = 32  # bytes of a file; 16 would be the 128 bit that we promise, if they were all random


class SecretError(SettingsError):
    """The secret cannot be used, is not there, or is not the one that it was."""


@lru_cache(maxsize=8)
def read_secret(file: Path) -> bytes:
    """SecretError. A process that has read it once goes on with it."""
    try:
        secret = file.read_bytes().strip()
    except FileNotFoundError:
        made = "a new installation gets one by `kweek up` or `kweek migrate`"
        raise SecretError(f"the secret ({file}) is not there. Put it back, or set KWEEK_SECRET_FILE; {made}") from None
    except OSError as error:
        raise SecretError(f"the secret in {file} cannot be read: {error.strerror}") from None
    if len(secret) < _SHORTEST:
        raise SecretError(
            f"the secret in {file} is shorter than {_SHORTEST} bytes; to make a longer one: {how_to_make(file)}"
        )
    return secret


def make_secret(file: Path) -> None:
    """Two processes may start at once: the file appears whole or not at all, and the first one wins. OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(secrets.token_urlsafe(48) + "\n")
            out.flush()
            os.fsync(out.fileno())
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def how_to_make(file: Path) -> str:
    """For whoever keeps secrets elsewhere: what to tell a shell."""
    return f"(umask 077; head -c 48 /dev/urandom | base64 > {file})"


def key_of(secret: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose only: who learns one key learns nothing of another."""
    return hmac.digest(secret, purpose.encode(), hashlib.sha256)
