"""Contract 1 by another hand than the hook's: it refuses what Stoa refuses, and notes what it was asked."""

import hmac
import json
import re
import threading
import time
import unicodedata
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

ACCENTED = "àáâäæãåāçćčèéêëēėęîïíīįìłñńôöòóœøōõßśšûüùúūÿžźż"
NAME = re.compile(rf"^[a-zA-Z0-9_\-{ACCENTED}{''.join(c.upper() for c in ACCENTED if c != 'ß')}]+$")


class StorageDouble:
    """Listens on a free port of loopback while it is used as a context."""

    def __init__(self, key):
        self.key = key
        self.users, self.groups = {}, {}
        # (method, path, body) of each request that came, and what the next ones get instead of an answer:
        # a status, "drop", "hang", "html" or ("redirect", address).
        self.asked, self.troubles = [], []
        self.gone = threading.Event()

    def __enter__(self):
        double = self

        class Handler(_Handler):
            storage = double

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.gone.set()
        self.server.shutdown()
        self.server.server_close()

    def posted(self):
        """The bodies of all POSTs."""
        return [body for method, _, body in self.asked if method == "POST"]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self._take(None)

    def do_POST(self):
        self._take(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def log_message(self, *_):
        pass

    def _take(self, raw):
        body = None
        try:
            body = None if raw is None else json.loads(raw)
        except ValueError:
            pass
        self.storage.asked.append((self.command, self.path, body))
        if self.storage.troubles:
            return self._trouble(self.storage.troubles.pop(0))
        # A header that is absent is no key, and an empty one neither.
        if not hmac.compare_digest(self.headers.get("X-API-Key", "").encode(), self.storage.key.encode()):
            return self._answer(401, {"detail": "Unauthorized"})
        found = re.fullmatch(r"/api/v1/(users|groups)(?:/([^/]*))?/?", self.path)
        if found is None:
            return self._answer(404, {"detail": "Not Found"})
        kind, name = found.group(1), unquote(found.group(2) or "")
        if self.command == "GET" and name:
            return self._get(kind, name)
        if self.command == "POST" and not name:
            return self._post(kind, body)
        return self._answer(405, {"detail": "Method Not Allowed"})

    def _get(self, kind, given):
        name = self._named(kind, given)
        if name is None:
            return
        directory = getattr(self.storage, kind).get(name)
        if directory is None:
            return self._answer(404, {"detail": "Not Found"})
        self._answer(200, {"name": name, "quota": directory[0], "disk_usage": directory[1]})

    def _post(self, kind, body):
        if not isinstance(body, dict):
            return self._unprocessable("model_attributes_type", ["body"], "Input should be a valid dictionary", body)
        if not isinstance(body.get("name"), str):
            return self._unprocessable("missing", ["body", "name"], "Field required", body)
        quota = body.get("quota", 0)
        if isinstance(quota, str) and re.fullmatch(r"[0-9]+", quota):
            quota = int(quota)
        if type(quota) is not int or not 0 <= quota <= 2**53 - 1:
            return self._unprocessable("int_parsing", ["body", "quota"], "Input should be a valid integer", quota)
        name = self._named(kind, body["name"])
        if name is None:
            return
        directory = getattr(self.storage, kind).setdefault(name, [0, 0])
        if quota > 0:
            directory[0] = quota
        self._answer(204, None)

    def _named(self, kind, given):
        name = unicodedata.normalize("NFC", given)
        if NAME.fullmatch(name) and not (kind == "users" and name == "groups"):
            return name
        self._answer(400, {"detail": f"Path '{given}' contains forbidden characters"})
        return None

    def _unprocessable(self, kind, where, message, given):
        self._answer(422, {"detail": [{"type": kind, "loc": where, "msg": message, "input": given}]})

    def _trouble(self, kind):
        self.close_connection = True
        if kind == "hang":
            self.storage.gone.wait(30)
        elif kind == "html":
            self._send(200, b"<html>Sign in to the network</html>", {"Content-Type": "text/html"})
        elif isinstance(kind, tuple):
            self._send(307, b"", {"Location": kind[1] + self.path})
        elif kind == "trickle":
            self._send(200, None, {"Content-Length": "1000"})
            for _ in range(300):
                if self.storage.gone.wait(0.1):
                    break
                self.wfile.write(b" ")
        elif isinstance(kind, int):
            self._answer(kind, {"detail": f"status {kind} for a test"})

    def _answer(self, status, body):
        data = b"" if body is None else json.dumps(body).encode()
        self._send(status, data, {"Content-Type": "application/json"} if data else {})

    def _send(self, status, data, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if data is not None and status != 204:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        try:
            self.wfile.write(data or b"")
        except OSError:
            # Who asked has given up.
            time.sleep(0)
