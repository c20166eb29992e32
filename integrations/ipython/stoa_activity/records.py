"""From what a hook saw to what is sent."""

import datetime
import uuid
from typing import NamedTuple, Optional

# UTF-16 units of code and of an error's text that are sent, the mark of a cut included.
CODE_LIMIT = 65_536
ERROR_LIMIT = 8_192
# Taken along and cut off after masking: what is cut in two by a limit is no longer recognised as a secret.
MARGIN = 8 * 1024


class Seen(NamedTuple):
    """One execution as the hook saw it: nothing is worked on there. `code_length`: characters before cutting."""

    cell_number: Optional[int]
    code: str
    code_length: int
    milliseconds: float
    error: Optional[str]
    error_length: int
    began: float

    @property
    def size(self):
        """Characters kept in memory."""
        return len(self.code) + len(self.error or "") + 200


def seen(cell_number, code, milliseconds, error, began):
    """Cuts first: five megabytes of code wait in no queue. `began`: seconds since 1970."""
    text = error or ""
    return Seen(
        cell_number,
        code[: CODE_LIMIT + MARGIN],
        len(code),
        milliseconds,
        None if error is None else text[: ERROR_LIMIT + MARGIN],
        len(text),
        began,
    )


def record_of(one, masking):
    """As docs/activity.md describes it, with an id that stays the same however often it is sent."""
    record = {
        "id": str(uuid.uuid4()),
        "cell_number": one.cell_number,
        "code": _presented(one.code, one.code_length, CODE_LIMIT, masking),
        "execution_time_ms": max(0, round(one.milliseconds)),
        "status": "success" if one.error is None else "error",
        "timestamp": timestamp(one.began),
    }
    if one.error is not None:
        record["error_message"] = _presented(one.error, one.error_length, ERROR_LIMIT, masking)
    return record


def timestamp(seconds):
    """UTC, to the millisecond."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def storable(text):
    """Without what UTF-8 or a database has no place for: surrogates without their other half, and NUL."""
    paired = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return paired.replace("\0", "\ufffd")


def _presented(text, length, limit, masking):
    """`length`: characters that there were. Of a text that was cut the margin goes, wherever masks have moved it."""
    masked = masking(storable(text))
    units = masked.encode("utf-16-le")
    if len(text) == length and len(units) <= 2 * limit:
        return masked
    mark = f"\u2026 [cut: {length} characters]"
    kept = limit - len(mark)
    if len(text) != length:
        kept = min(kept, max(0, len(units) // 2 - MARGIN))
    return units[: 2 * kept].decode("utf-16-le", "ignore") + mark
