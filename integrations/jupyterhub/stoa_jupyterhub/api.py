"""Stoa's storage API (contract 1), as much of it as a spawn needs. Blocking: the hook calls it in a thread."""

import http.client
import json
import random
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request

_LARGEST_ANSWER = 65_536
# What stands before Stoa says these while it restarts.
_PASSING = (429, 502, 503, 504)


class StorageUnavailable(Exception):
    """Nobody answered, or not with what Stoa answers with."""


class StorageRefused(Exception):
    """Stoa said no. `status` is its answer's, the text its reason."""

    def __init__(self, status, reason):
        super().__init__(reason)
        self.status = status


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The key is for the address that the operator wrote, and for no other."""

    def redirect_request(self, *_):
        return None


class StorageApi:
    """
    `key` is called for the key, whenever one is needed. `timeout` in seconds is for one attempt; connection errors are
    tried again `retries` times. Each call ends about when `time.monotonic()` reaches its `until`.
    """

    def __init__(self, url, key, timeout, retries, ca_file=None):
        self._base = url.rstrip("/") + "/api/v1/"
        self._key = key
        self._timeout = timeout
        self._retries = retries
        # No proxy from the environment either: it would see the key.
        handlers = [urllib.request.ProxyHandler({}), _NoRedirects()]
        if url.startswith("https:"):
            handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca_file)))
        self._opener = urllib.request.build_opener(*handlers)

    def find(self, kind, name, until):
        """`(quota, disk_usage)` in bytes; None where there is no such directory. `kind`: `users` or `groups`."""
        status, text = self._call("GET", f"{kind}/{urllib.parse.quote(name, safe='')}", None, until)
        if status == 404 and _detail(text) == "Not Found":
            return None
        if status != 200:
            raise _error(status, text)
        answer = _parsed(text)
        quota, used = answer.get("quota"), answer.get("disk_usage")
        if type(quota) is not int or type(used) is not int:
            raise StorageUnavailable(f"GET {kind}/{name} was answered without quota and disk_usage")
        return quota, used

    def make(self, kind, name, quota, until):
        """Makes the directory; one that is there already stays as it is. Without a quota (0) none is sent or changed."""
        body = {"name": name, "quota": quota} if quota else {"name": name}
        status, text = self._call("POST", f"{kind}/", body, until)
        if status != 204:
            raise _error(status, text)

    def _call(self, method, path, body, until):
        """Each call may be repeated: a POST that arrived twice makes one directory with one quota."""
        for attempt in range(self._retries + 1):
            try:
                answer = self._attempt(method, path, body, until)
                if answer[0] not in _PASSING:
                    return answer
                problem = StorageUnavailable(f"{method} {path}: {answer[0]}")
            except (OSError, http.client.HTTPException) as error:
                problem = StorageUnavailable(f"{method} {path}: {getattr(error, 'reason', None) or error!r}")
            # Not all of those who were sent away at once come back at once.
            pause = 0.25 * 2**attempt * random.uniform(0.8, 1.2)
            if attempt == self._retries or time.monotonic() + pause >= until:
                raise problem from None
            time.sleep(pause)

    def _attempt(self, method, path, body, until):
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("no time left")
        headers = {"X-API-Key": self._key(), "Accept": "application/json", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, data=data, headers=headers, method=method)
        try:
            with self._opener.open(request, timeout=min(self._timeout, left)) as answer:
                return answer.status, answer.read(_LARGEST_ANSWER)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(_LARGEST_ANSWER)


def _error(status, text):
    if 300 <= status < 400:
        return StorageUnavailable(f"{status}: the address leads elsewhere; write the one that it leads to")
    if status >= 500 or (status == 404 and _detail(text) is None):
        return StorageUnavailable(f"it answered {status} {_detail(text) or ''}".rstrip())
    return StorageRefused(status, _detail(text) or f"it answered {status}")


def _detail(text):
    """Contract 1's reason; of a 422 its parts. None: this is not Stoa's answer."""
    try:
        detail = json.loads(text)["detail"]
    except (ValueError, TypeError, KeyError):
        return None
    if isinstance(detail, list):
        return "; ".join(str(part.get("msg", part)) if isinstance(part, dict) else str(part) for part in detail)
    return str(detail)


def _parsed(text):
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise StorageUnavailable("the answer is not a JSON object: is that the address of Stoa?")
    return answer
