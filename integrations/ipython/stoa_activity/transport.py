"""One request: a batch to Stoa, and what became of it."""

import email.utils
import http.client
import json
import time
import urllib.error
import urllib.request
from typing import NamedTuple, Optional

_LONGEST_PAUSE = 3600.0


class Outcome(NamedTuple):
    """
    `kind`: taken · later (try the same again, not before `pause` seconds where it has one) · refused (the token) ·
    too_large · invalid (this batch, whenever it comes). `said`: for the person who asks for the status.
    """

    kind: str
    said: str
    pause: Optional[float] = None


class _Stay(urllib.request.HTTPRedirectHandler):
    """A token follows no redirect to somewhere else."""

    def redirect_request(self, *_):
        return None


class Transport:
    def __init__(self, url):
        self._url = url
        # Proxies as the environment says when the kernel starts, not as a cell changes it.
        self._opener = urllib.request.build_opener(_Stay)

    def send(self, records, token, timeout):
        """Seconds of `timeout` are for one wait for the network. Raises nothing of the network's."""
        body = json.dumps({"executions": records}, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": "stoa-activity/0.1.0",
        }
        request = urllib.request.Request(self._url, data=body, headers=headers, method="POST")
        try:
            with self._opener.open(request, timeout=timeout) as answer:
                answer.read(65536)
                return _outcome(answer.status, answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return _outcome(error.code, error.headers)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Outcome("later", f"no answer: {getattr(error, 'reason', None) or error!r}"[:300])


def _outcome(status, headers):
    if 200 <= status < 300:
        return Outcome("taken", "")
    said = f"it answered {status}"
    if status in (401, 403):
        return Outcome("refused", said)
    if status == 413:
        return Outcome("too_large", said)
    if status in (400, 422):
        return Outcome("invalid", said)
    # All else passes, or somebody mends it: an outage, a server without this address, a page of a proxy's.
    return Outcome("later", said, _pause(headers.get("Retry-After")))


def _pause(given):
    """Seconds or a date, an hour at most; None: it doesn't say."""
    if not given:
        return None
    try:
        if given.strip().isdigit():
            seconds = float(given)
        else:
            seconds = email.utils.parsedate_to_datetime(given).timestamp() - time.time()
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), _LONGEST_PAUSE)
