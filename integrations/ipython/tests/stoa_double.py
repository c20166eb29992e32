"""`POST /api/audit-logs` by another hand than the reporter's: it refuses what docs/activity.md says Stoa refuses."""

import datetime
import json
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FIELDS = {
    "id", "timestamp", "cell_number", "code", "execution_time_ms", "status", "error_message", "dropped_before"
}  # fmt: skip
LARGEST = 8 * 1024 * 1024


class StoaDouble:
    """Listens on a free port of loopback while it is used as a context. `port`: one that is to be the same again."""

    def __init__(self, token="zpat_a-token-of-a-test", port=0):
        self.token, self._port = token, port
        # What was taken, by id; each request's status; the tokens that came.
        self.taken, self.statuses, self.tokens, self.known = {}, [], [], 0
        # What the next requests get instead: a status, (status, headers), "drop", "hang", "html".
        self.troubles = []
        # A code that is refused as if it had no proper form.
        self.refused_code = None
        self.released = threading.Event()
        self.changed = threading.Condition()

    def __enter__(self):
        double = self

        class Handler(_Handler):
            stoa = double

        self.server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()

    def until(self, condition, seconds=20):
        """Waits for what requests bring about, here or in the reporter."""
        until = time.monotonic() + seconds
        with self.changed:
            while not condition():
                if time.monotonic() > until:
                    raise AssertionError(f"it did not come to this; statuses {self.statuses}, codes {self.codes()}")
                self.changed.wait(0.05)

    def codes(self):
        return [one["code"] for one in self.taken.values()]

    def dropped(self):
        return sum(one.get("dropped_before", 0) for one in self.taken.values())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self._note(405)
        self._answer(405, {"detail": "Method Not Allowed"})

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        trouble = self.stoa.troubles.pop(0) if self.stoa.troubles else None
        if trouble is not None:
            return self._trouble(trouble)
        with self.stoa.changed:
            status, body = self._take(raw)
            self._note(status)
        self._answer(status, body)

    def _take(self, raw):
        self.stoa.tokens.append(self.headers.get("Authorization"))
        if self.path != "/api/audit-logs":
            return 404, {"detail": "Not Found"}
        if self.headers.get("Authorization") != f"Bearer {self.stoa.token}":
            return 401, {"detail": "Unauthorized"}
        if self.headers.get("Content-Type") != "application/json":
            return 415, {"detail": "Unsupported Media Type"}
        if len(raw) > LARGEST:
            return 413, {"detail": "Too large"}
        try:
            entries = json.loads(raw.decode("utf-8"))["executions"]
        except (ValueError, KeyError, TypeError):
            return 400, {"detail": "Not JSON"}
        if not isinstance(entries, list) or not 1 <= len(entries) <= 1000:
            return 422, {"detail": "executions"}
        for place, entry in enumerate(entries):
            wrong = _wrong(entry) or (entry["code"] == self.stoa.refused_code and "code")
            if wrong:
                return 422, {"detail": f"executions[{place}].{wrong}"}
        known = sum(entry["id"] in self.stoa.taken for entry in entries)
        self.stoa.known += known
        self.stoa.taken.update({entry["id"]: entry for entry in entries})
        return 200, {"received": len(entries), "taken": len(entries) - known, "known": known, "cut": 0, "refused": []}

    def _trouble(self, kind):
        self.close_connection = True
        if kind == "hang":
            self._note(0)
            self.stoa.released.wait(60)
        elif kind == "drop":
            self._note(0)
        elif kind == "html":
            self._note(502)
            self._send(502, b"<html>Bad gateway</html>", {"Content-Type": "text/html"})
        elif isinstance(kind, tuple):
            self._note(kind[0])
            self._answer(kind[0], {"detail": "for a test"}, kind[1])
        else:
            self._note(kind)
            self._answer(kind, {"detail": "for a test"})

    def _answer(self, status, body, headers=None):
        self._send(status, json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})})

    def _send(self, status, data, headers):
        try:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            pass

    def _note(self, status):
        with self.stoa.changed:
            self.stoa.statuses.append(status)
            self.stoa.changed.notify_all()


def _wrong(entry):
    """The field that has not the form of the wire format; None: all have."""
    if not isinstance(entry, dict) or set(entry) - FIELDS:
        return "field"
    if not isinstance(entry.get("code"), str) or len(entry["code"].encode("utf-16-le")) > 2 * 65536:
        return "code"
    if any("\ud800" <= character <= "\udfff" or character == "\0" for character in entry["code"]):
        return "code"
    if entry.get("status") not in ("success", "error"):
        return "status"
    try:
        if datetime.datetime.fromisoformat(entry["timestamp"].replace("Z", "+00:00")).tzinfo is None:
            return "timestamp"
        uuid.UUID(entry["id"])
    except (KeyError, ValueError, AttributeError, TypeError):
        return "timestamp"
    for name, least in (("cell_number", 0), ("execution_time_ms", 0), ("dropped_before", 1)):
        if entry.get(name) is None and name != "execution_time_ms":
            continue
        if type(entry.get(name)) is not int or not least <= entry[name] <= 2**31 - 1:
            return name
    return None if isinstance(entry.get("error_message", ""), str) else "error_message"
