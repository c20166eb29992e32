"""The background thread: from the outbox to Stoa, by way of the spool where Stoa can't be reached."""

import random
import threading
import time

from .records import record_of

# Records and bytes of one request, seconds for it; Stoa takes 1,000 and 8 MiB.
BATCH = 100
BATCH_BYTES = 2 * 1024 * 1024
TIMEOUT = 10.0
# Records in hand, and their characters, where there is no disk for a spool.
IN_HAND = 2000
IN_HAND_CHARACTERS = 8 * 1024 * 1024
LONGEST_PAUSE = 300.0
# After a refusal of JupyterHub's token: it never changes, but an administrator may link its person meanwhile.
HUB_TOKEN_PAUSE = 900.0
_LOOK_FOR_LEFT = 600.0


class Delivery:
    def __init__(self, outbox, spool, transport, credential, masking, interval):
        self._outbox, self._spool, self._transport = outbox, spool, transport
        self._credential, self._masking, self._interval = credential, masking, interval
        # What is on its way: neither in the outbox nor in the spool nor taken by Stoa.
        self._in_hand = []
        self._lock = threading.Lock()
        self._dropped, self._failures, self._not_before, self._batch = 0, 0, 0.0, BATCH
        self._refused, self._looked, self._until = None, None, None
        self.sent, self.dropped_in_all, self.problem = 0, 0, ""
        self._thread = threading.Thread(target=self._run, name="stoa-activity", daemon=True)

    def start(self):
        self._thread.start()

    def finish(self, patience):
        """Sends for `patience` seconds at most; what is left goes to the spool. Called as the process ends."""
        self._until = time.monotonic() + patience
        self._outbox.hurry()
        if self._thread.is_alive():
            self._thread.join(patience + 0.1)
        # A thread that hangs in the network still has its batch in hand: it may arrive twice, and counts once.
        if self._lock.acquire(timeout=0.2):
            try:
                self._take(IN_HAND)
                self._keep()
            finally:
                self._lock.release()

    def waiting(self):
        """How many records are in memory, and bytes in the spool."""
        return len(self._outbox) + len(self._in_hand), self._spool.size

    def _run(self):
        while True:
            try:
                if self._round() is False:
                    return
            except Exception as problem:  # whatever it is: the notebook must not see it, and the next round may go well
                self.problem = repr(problem)[:300]
                if self._until is not None:
                    return
                time.sleep(min(self._interval, 5.0))

    def _round(self):
        """One batch. False: the process ends, and everything is done that could be."""
        self._look_for_left()
        if self._until is None:
            self._outbox.wait(self._batch, self._interval, self._patience())
        token = self._token()
        may_send = token is not None and time.monotonic() >= self._not_before and not self._is_late()
        with self._lock:
            if not may_send or len(self._in_hand) < self._batch:
                self._take(self._batch)
            if not may_send:
                self._keep()
                return self._until is None
        if self._in_hand:
            return self._send_in_hand(token) or self._until is None
        if self._spool:
            return self._send_spool(token) or self._until is None
        return self._until is None

    def _is_late(self):
        return self._until is not None and time.monotonic() > self._until

    def _patience(self):
        """Seconds that the next round may wait where nothing comes."""
        if not self._spool and not self._in_hand:
            return 60.0
        if self._token() is None:
            return 30.0 if self._interval >= 1 else self._interval
        return min(60.0, max(0.0, self._not_before - time.monotonic()))

    def _take(self, most):
        taken, dropped = self._outbox.take(max(0, most))
        self._lose(dropped)
        for one in taken:
            record = record_of(one, self._masking)
            if self._dropped:
                record["dropped_before"] = self._dropped
                self._dropped = 0
            self._in_hand.append(record)

    def _lose(self, count):
        self._dropped += count
        self.dropped_in_all += count

    def _give_up(self, records):
        """They are told of by the next one that goes out; what they told of themselves too."""
        for record in records:
            self._dropped += record.get("dropped_before", 0)
            self._lose(1)

    def _token(self):
        """None: there is none, or Stoa has refused this one."""
        token = self._credential.current()
        if token is None:
            self.problem = f"there is no token in {self._credential.source}"
        return None if token == self._refused else token

    def _keep(self):
        """From memory to the spool; where that can't be written, what is the newest stays in memory."""
        if self._spool:
            self._spool.touch()
        try:
            if self._in_hand:
                left = self._in_hand[self._spool.append(self._in_hand) :]
                self._in_hand = []
                self._give_up(left)
            # Nothing goes out any more that could tell of them.
            if self._until is not None and self._dropped:
                self._spool.append([{"dropped": self._dropped}])
                self._dropped = 0
        except OSError as problem:
            self.problem = f"the spool can't be written: {problem}"
            newest = _portion(self._in_hand[::-1], IN_HAND, IN_HAND_CHARACTERS)
            self._give_up(self._in_hand[: len(self._in_hand) - len(newest)])
            self._in_hand = newest[::-1]

    def _send_in_hand(self, token):
        """True: go on at once."""
        records = _portion(self._in_hand, self._batch, BATCH_BYTES // 3)
        outcome = self._send(records, token)
        with self._lock:
            if outcome.kind == "taken" or self._unacceptable(outcome, records):
                self._in_hand = self._in_hand[len(records) :]
                return True
            if outcome.kind in ("too_large", "invalid"):
                return True
            self._keep()
        return False

    def _send_spool(self, token):
        records, bad = self._spool.read(self._batch, BATCH_BYTES)
        real = [record for record in records if "id" in record]
        outcome = self._send(real, token) if real else None
        if outcome is not None and outcome.kind != "taken" and not self._unacceptable(outcome, real):
            self._spool.touch()
            return outcome.kind in ("too_large", "invalid")
        self._lose(bad)
        self._dropped += sum(record["dropped"] for record in records if "id" not in record)
        self._spool.done()
        return True

    def _send(self, records, token):
        timeout = TIMEOUT if self._until is None else max(0.1, self._until - time.monotonic())
        outcome = self._transport.send(records, token, min(TIMEOUT, timeout))
        self.problem = outcome.said
        if outcome.kind == "taken":
            self.sent += len(records)
            self._failures, self._not_before, self._refused = 0, 0.0, None
            self._batch = min(BATCH, self._batch * 2)
        elif outcome.kind == "refused" and self._credential.is_hub_token(token):
            self._not_before = time.monotonic() + HUB_TOKEN_PAUSE * random.uniform(0.8, 1.2)
        elif outcome.kind == "refused":
            self._refused = token
        elif outcome.kind == "later":
            self._not_before = time.monotonic() + self._pause(outcome.pause)
            self._failures += 1
        return outcome

    def _unacceptable(self, outcome, records):
        """True: this one record is never taken, and is given up. Of several, half as many are tried next."""
        if outcome.kind not in ("too_large", "invalid"):
            return False
        self._batch = max(1, len(records) // 2)
        if len(records) > 1:
            return False
        self._give_up(records)
        return True

    def _pause(self, asked):
        """Seconds: longer each time, and not the same for all kernels of an outage."""
        own = min(LONGEST_PAUSE, self._interval * 2 ** min(self._failures, 16)) * random.uniform(0.5, 1.0)
        return own if asked is None else asked + min(own, self._interval)

    def _look_for_left(self):
        """At the start and every ten minutes: what kernels that have ended could not send."""
        now = time.monotonic()
        if self._until is None and (self._looked is None or now - self._looked > _LOOK_FOR_LEFT):
            self._looked = now
            self._lose(self._spool.take_over())


def _portion(records, most, characters):
    """The first ones, one at least; in UTF-8 a character takes up to three bytes for each that is counted here."""
    size, taken = 0, []
    for record in records[:most]:
        size += len(record["code"]) + len(record.get("error_message", "")) + 300
        if taken and size > characters:
            break
        taken.append(record)
    return taken
