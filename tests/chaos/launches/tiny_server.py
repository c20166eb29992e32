"""What a hub starts for a person in the chaos of launches: it answers, and says in a file that it began and ended."""

import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

USER = os.environ["JUPYTERHUB_USER"]
BASE = os.environ["CHAOS_BASE"]


def say(what):
    line = f"{what} {USER} {os.getpid()} {time.time_ns() // 1_000_000}\n"
    with open(os.path.join(BASE, "starts"), "a") as ledger:
        ledger.write(line)


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"here\n"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def leave(*_):
    say("end")
    os._exit(0)


if os.path.exists(os.path.join(BASE, f"die-{USER}")):
    say("died")
    sys.exit(1)
signal.signal(signal.SIGTERM, leave)
signal.signal(signal.SIGINT, leave)
say("start")
address = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
ThreadingHTTPServer((address.hostname, address.port), Answer).serve_forever()
