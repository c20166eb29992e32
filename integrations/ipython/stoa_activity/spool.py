"""
What could not be sent yet, in files of this kernel: a line for each record. Files are only ever appended to, renamed
and removed, so it works on NFS without locks. A record that is sent twice for it counts once, by its id.
"""

import json
import os
import stat
import time

from .owners import file_name, is_gone, owner_in, this_owner

# Bytes: of what this kernel adds, and of all that lies in the folder.
OWN_LIMIT = 8 * 1024 * 1024
ALL_LIMIT = 64 * 1024 * 1024
_FLAGS = os.O_CLOEXEC | os.O_NOFOLLOW


class Spool:
    """Every method may raise OSError: a full disk, a home that is read-only."""

    def __init__(self, folder, own_limit=OWN_LIMIT, all_limit=ALL_LIMIT):
        self._folder, self._own_limit, self._all_limit = folder, own_limit, all_limit
        self._owner = this_owner()
        # Never one of before: the extension can be loaded a second time in one process.
        self._number = time.time_ns()
        # Files that are being sent, oldest first; how far the first one was sent and read.
        self._sending, self._offset, self._next = [], 0, 0
        # The one that is added to, and the bytes in it.
        self._adding, self._added = None, 0

    def append(self, records):
        """How many of them fitted, the first ones. On an error none of them is kept."""
        lines, size, others = [], self._added, self._total() - self._added
        for record in records:
            line = json.dumps(record, separators=(",", ":")).encode() + b"\n"
            # A count of what was left out finds room always: it is a line for each end of a kernel.
            if "id" in record and size + len(line) > min(self._own_limit, self._all_limit - others):
                break
            lines.append(line)
            size += len(line)
        if lines:
            self._write(b"".join(lines))
        return len(lines)

    def read(self, most, size):
        """The oldest records, `most` and `size` bytes at most, and how many lines were none; ([], 0): the end."""
        if not self._sending and self._adding is not None:
            self._sending.append(self._adding)
            self._adding, self._added = None, 0
        while self._sending:
            found = self._portion(self._sending[0], most, size)
            if found is not None:
                return found
            self.forget_file()
        return [], 0

    def done(self):
        """What `read` gave last is done with."""
        self._offset = self._next

    def forget_file(self):
        """The first file has been sent to its end."""
        path = self._sending.pop(0)
        self._offset = self._next = 0
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass

    def take_over(self):
        """Files of kernels that have ended are ours from now on. How many records had to go for want of room."""
        for name in self._left():
            target = self._new_file()
            try:
                os.rename(os.path.join(self._folder, name), target)
            except FileNotFoundError:
                # Another kernel was first. Or NFS has repeated what had been done already: then ours is there.
                if not os.path.exists(target):
                    continue
            self._sending.append(target)
        return self._trim()

    def touch(self):
        """Says that this kernel lives, to those who can't see it. Another one may have taken its files for all that."""
        for path in filter(None, [*self._sending, self._adding]):
            try:
                os.utime(path)
            except FileNotFoundError:
                pass

    @property
    def size(self):
        """Bytes that wait, about."""
        return self._total() - self._offset

    def __bool__(self):
        return bool(self._sending) or self._adding is not None

    def _new_file(self):
        self._number += 1
        return os.path.join(self._folder, file_name(self._owner, self._number))

    def _total(self):
        return self._added + sum(_size(path) for path in self._sending)

    def _write(self, data):
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        self._adding = self._adding or self._new_file()
        descriptor = os.open(self._adding, os.O_WRONLY | os.O_CREAT | os.O_APPEND | _FLAGS, 0o600)
        try:
            before = os.fstat(descriptor).st_size
            if os.write(descriptor, data) != len(data):
                os.ftruncate(descriptor, before)
                raise OSError("the disk is full")
            # Another kernel may have taken the file before: what counts is what is in it now.
            self._added = before + len(data)
        finally:
            # On a network's file system a full disk may be told as late as here.
            os.close(descriptor)

    def _portion(self, path, most, size):
        """None: the file is at its end, is gone, or is none of ours."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | _FLAGS)
        except OSError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
                return None
            file.seek(self._offset)
            records, bad = [], 0
            while len(records) < most and file.tell() - self._offset < size:
                line = file.readline(self._own_limit)
                if not line:
                    break
                record = _record(line)
                if record is None:
                    bad += 1
                else:
                    records.append(record)
            self._next = file.tell()
            return (records, bad) if self._next > self._offset else None

    def _left(self):
        """Names of files that nobody will send but us, oldest first."""
        try:
            with os.scandir(self._folder) as entries:
                found = [(one.name, one.stat(follow_symlinks=False)) for one in entries if owner_in(one.name)]
        except FileNotFoundError:
            return []
        now = self._clock() if found else 0
        mine = [(name, about) for name, about in found if about.st_uid == os.geteuid() and stat.S_ISREG(about.st_mode)]
        mine.sort(key=lambda one: one[1].st_mtime)
        ours = {os.path.basename(path) for path in filter(None, [*self._sending, self._adding])}
        return [
            name
            for name, about in mine
            if name not in ours and (owner_in(name) == self._owner or is_gone(owner_in(name), now - about.st_mtime))
        ]

    def _clock(self):
        """What the file system's own machine takes for the time."""
        path = os.path.join(self._folder, f"{self._owner}.clock")
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _FLAGS, 0o600))
        try:
            os.utime(path)
            return os.stat(path).st_mtime
        finally:
            os.unlink(path)

    def _trim(self):
        """Of what was taken over the oldest goes."""
        dropped = 0
        while len(self._sending) > 1 and self._total() > self._all_limit:
            with open(self._sending[0], "rb") as file:
                dropped += sum(1 for _ in file)
            self.forget_file()
        return dropped


def _size(path):
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _record(line):
    """None: a line that was cut off, or is none of ours."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) and ("id" in record or "dropped" in record) else None
