"""What IPython calls around each cell. Nothing here waits, prints or fails."""

import atexit
import os
import time

from .credential import Credential
from .delivery import Delivery
from .masking import Masking
from .outbox import Outbox
from .records import seen
from .spool import Spool
from .transport import Transport

# Seconds that the end of a kernel waits for.
AT_EXIT = 2.0


class Reporter:
    def __init__(self, settings):
        self.settings = settings
        self.on = settings.off is None
        # Executions under way, by their ExecutionInfo: they nest, and newer kernels have several at once.
        self._began = {}
        self._pid = os.getpid()
        self._outbox = Outbox()
        self.credential, self.masking, self.delivery = None, None, None

    def attach(self, shell):
        """Registers for a shell's events; where it is switched off nothing at all is done."""
        if self.settings.off is not None:
            return
        self.credential = Credential(self.settings.token, self.settings.token_file, self.settings.hub_token)
        self.masking = Masking(self.settings.mask, self.settings.mask_file)
        self.delivery = Delivery(
            self._outbox,
            Spool(self.settings.spool),
            Transport(self.settings.url),
            self.credential,
            self.masking,
            self.settings.interval,
        )
        self.delivery.start()
        shell.events.register("pre_run_cell", self.before)
        shell.events.register("post_run_cell", self.after)
        atexit.register(self.finish)

    def detach(self, shell):
        if self.delivery is None:
            return
        for event, callback in (("pre_run_cell", self.before), ("post_run_cell", self.after)):
            try:
                shell.events.unregister(event, callback)
            except ValueError:
                pass
        atexit.unregister(self.finish)
        self.finish()

    def before(self, info):
        """`pre_run_cell`: an ExecutionInfo."""
        try:
            if not self.on or os.getpid() != self._pid:
                return
            if len(self._began) > 100:
                # Of what never came to its end: an execution that was torn off.
                self._began.pop(next(iter(self._began)), None)
            self._began[id(info)] = (info, time.time(), time.monotonic())
        except (Exception, KeyboardInterrupt):  # IPython would print it into the cell
            return

    def after(self, result):
        """`post_run_cell`: an ExecutionResult. Only cells that a person sees in their history are reported."""
        try:
            info = getattr(result, "info", None)
            found = self._began.pop(id(info), None)
            if found is None or not self.on or os.getpid() != self._pid or not info.store_history:
                return
            _, began, started = found
            milliseconds = (time.monotonic() - started) * 1000
            problem = result.error_before_exec or result.error_in_exec
            self._outbox.put(
                seen(result.execution_count, str(info.raw_cell), milliseconds, _told(problem), began)
            )
        except (Exception, KeyboardInterrupt):
            return

    def finish(self):
        """Also called in a child that a cell has forked: what waits is the parent's."""
        if os.getpid() != self._pid or self.delivery is None:
            return
        self.on = False
        try:
            self.delivery.finish(AT_EXIT)
        except Exception:
            return

    def status(self):
        """Lines for the person; no token in them."""
        if self.settings.off is not None:
            return [f"Nothing is reported: {self.settings.off}."]
        memory, spooled = self.delivery.waiting()
        lines = [
            f"Executions are {'reported' if self.on else 'not reported in this kernel'}, to {self.settings.url}",
            f"token from {self.credential.source}",
            f"sent {self.delivery.sent}, waiting {memory}, in the spool {spooled} bytes",
        ]
        dropped, problem = self.delivery.dropped_in_all, self.masking.problem or self.delivery.problem
        return lines + ([f"given up {dropped}"] if dropped else []) + ([f"last problem: {problem}"] if problem else [])


def _told(problem):
    """As a traceback's last line. An exception's own text is code of the person's: it may fail."""
    if problem is None:
        return None
    name = type(problem).__name__
    try:
        text = str(problem)
    except Exception:
        return name
    return f"{name}: {text}" if text else name
