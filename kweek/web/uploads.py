"""What did somebody send with a form that has a file in it?"""

from __future__ import annotations

from io import BytesIO
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File, parse_form

from kweek.intake.forms import letters_of
from kweek.intake.incoming import BadEventError, Fault

LARGEST: Final = 30 * 1024 * 1024

Upload = tuple[dict[str, str], str, bytes]
"""The fields, and the file with its name."""


def read_upload(body: bytes, kind: str) -> Upload:
    """kind: the content type (RFC 7578). BadEventError where it is no such form."""
    sent: list[tuple[bytes, bytes]] = []
    files: list[tuple[str, bytes]] = []

    def take(field: Field) -> None:
        sent.append((field.field_name or b"", field.value or b""))

    def keep(file: File) -> None:
        file.file_object.seek(0)
        name = (file.file_name or b"").decode("utf-8", "replace").replace("\0", "")
        files.append((name.replace("\\", "/").rpartition("/")[2][:200], file.file_object.read()))

    try:
        parse_form({"Content-Type": kind.encode("latin-1")}, BytesIO(body), take, keep)
    except (UnicodeError, ValueError, FormParserError):
        raise BadEventError([Fault("file", "this is not a form that can be read")], "form") from None
    read = letters_of(sent)
    name, data = files[0] if files else ("", b"")
    return {read(field): read(value).strip() for field, value in sent}, name, data
