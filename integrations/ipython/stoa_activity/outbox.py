"""Where the hook leaves what it saw: in memory, bounded, and never waiting for a disk or the network."""

import collections
import threading
import time


class Outbox:
    """Holds `most` records and `characters` of them at most; the oldest give way, and are counted."""

    def __init__(self, most=2000, characters=8 * 1024 * 1024):
        self._most, self._characters = most, characters
        self._waiting = collections.deque()
        self._size, self._dropped, self._since = 0, 0, 0.0
        self._changed = threading.Condition(threading.Lock())
        self._hurry = False

    def put(self, one):
        """Some microseconds: the lock is held by nobody who does more than move a record."""
        with self._changed:
            if not self._waiting:
                self._since = time.monotonic()
            self._waiting.append(one)
            self._size += one.size
            while len(self._waiting) > self._most or self._size > self._characters:
                self._size -= self._waiting.popleft().size
                self._dropped += 1
            self._changed.notify()

    def wait(self, batch, interval, longest):
        """Returns with a batch full or `interval` seconds old, when `hurry` was called, or after `longest` seconds."""
        until = time.monotonic() + longest
        with self._changed:
            while not self._hurry:
                now = time.monotonic()
                due = min(until, self._since + interval) if self._waiting else until
                if len(self._waiting) >= batch or now >= due:
                    return
                self._changed.wait(due - now)

    def hurry(self):
        """Nobody waits from now on."""
        with self._changed:
            self._hurry = True
            self._changed.notify_all()

    def take(self, most):
        """The oldest, and how many were dropped since the last time."""
        with self._changed:
            taken = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
            self._size -= sum(one.size for one in taken)
            dropped, self._dropped = self._dropped, 0
            self._since = time.monotonic()
            return taken, dropped

    def __len__(self):
        return len(self._waiting)
