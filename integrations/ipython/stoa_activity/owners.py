"""Whose a spool file is, and whether that kernel still lives: also on another machine with the same home."""

import hashlib
import os
import re
import socket

# `<place>-<pid>-<start>.<number>.jsonl`
_FILE = re.compile(r"^([0-9a-f]{12})-([0-9]{1,10})-([0-9]{1,20})\.([0-9]{1,20})\.jsonl$")
# Seconds. A kernel that waits to send touches its file far more often.
SILENT = 15 * 60


def this_owner():
    """This process, as no other one is called: a container's process 7 is not its neighbour's."""
    return f"{_place()}-{os.getpid()}-{_started(os.getpid()) or 0}"


def file_name(owner, number):
    return f"{owner}.{number}.jsonl"


def owner_in(name):
    """Of a file of ours the owner, else None."""
    return name.rsplit(".", 2)[0] if _FILE.match(name) else None


def is_gone(owner, age):
    """
    Whether the kernel has ended. Here it can be looked up; of another place only that it was silent long enough.
    @param age: seconds since its file was touched, by the file system's own clock
    """
    place, pid, started = owner.split("-")
    if place != _place():
        return age > SILENT
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass
    # The number may be another process's by now.
    return _started(int(pid)) not in (None, int(started))


def _boot():
    with open("/proc/sys/kernel/random/boot_id") as file:
        return file.read()


def _place():
    """Machine, its boot and its space of process numbers."""
    parts = [socket.gethostname()]
    for read in (_boot, lambda: os.readlink("/proc/self/ns/pid")):
        try:
            parts.append(read())
        except OSError:
            parts.append("")
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:12]


def _started(pid):
    """Clock ticks since boot; None where /proc doesn't say."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return int(file.read().rpartition(b")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None
