"""The hook itself: what JupyterHub calls, and waits for, before each spawn."""

import asyncio
import functools
import inspect
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Optional
from urllib.parse import urlsplit

from .api import StorageApi, StorageRefused, StorageUnavailable
from .key import KeyProblem, read_key
from .names import NameRefused, directory_name
from .refusal import SpawnRefused, leave_uncounted
from .sizes import bytes_of, shown, used_of


class Directory(NamedTuple):
    """A person's directory as the spawn found it. `quota` and `disk_usage` are bytes; None: Stoa could not be asked."""

    name: str
    quota: Optional[int]
    disk_usage: Optional[int]


class StoaStorage:
    """
    A `pre_spawn_hook`. It makes the person's directory with a quota where there is none yet, leaves the quota of one
    that is there alone, and refuses the spawn of somebody who is over it. The README has each option.

    Awaiting it gives a `Directory`; it raises SpawnRefused, with the reason for the person.
    A wrong option raises ValueError here, so that JupyterHub doesn't start with it.
    """

    def __init__(
        self,
        url,
        *,
        key_file=None,
        key_env="STOA_API_KEY",
        quota=None,
        name=None,
        groups=None,
        group_quota=None,
        portal=None,
        refuse_at=1.0,
        on_unreachable="refuse",
        timeout=5.0,
        retries=2,
        deadline=15.0,
        ca_file=None,
    ):
        if on_unreachable not in ("refuse", "allow"):
            raise ValueError(f"on_unreachable is 'refuse' or 'allow', not {on_unreachable!r}")
        if refuse_at is not None and not refuse_at > 0:
            raise ValueError("refuse_at is a share of the quota above 0 (1.0: when it is full), or None for never")
        if not (timeout > 0 and deadline > 0 and retries >= 0):
            raise ValueError("timeout and deadline are seconds above 0, and retries is 0 or more")
        self._url = _address("url", url)
        self._rescue = _address("portal", portal or url) + "/portal/storage"
        self._quota = quota if callable(quota) else bytes_of(quota)
        self._group_quota = group_quota if callable(group_quota) else bytes_of(group_quota)
        self._name, self._groups = name, groups
        self._refuse_at, self._on_unreachable, self._deadline = refuse_at, on_unreachable, deadline
        key = functools.partial(read_key, key_file, key_env)
        key()
        self._api = StorageApi(self._url, key, timeout, retries, ca_file)
        # Threads of its own: a Stoa that hangs must not hold up what else JupyterHub does in threads.
        self._threads = ThreadPoolExecutor(max_workers=16, thread_name_prefix="stoa")

    def __deepcopy__(self, _memo):
        # JupyterHub copies its configuration for every spawner; threads can't be copied.
        return self

    def __repr__(self):
        return f"StoaStorage({self._url!r})"

    async def __call__(self, spawner):
        log = getattr(spawner, "log", None) or logging.getLogger("stoa_jupyterhub")
        until = time.monotonic() + self._deadline
        try:
            name = directory_name(await _value(self._name, spawner) if self._name else spawner.user.name)
            return await self._prepare(spawner, name, log, until)
        except SpawnRefused:
            leave_uncounted(spawner)
            raise
        except NameRefused as problem:
            leave_uncounted(spawner)
            log.warning("%s (StoaStorage's options `name` and `groups` can give others)", problem)
            raise SpawnRefused(f"{problem} Ask your administrator.", status=422) from None

    async def _prepare(self, spawner, name, log, until):
        try:
            directory = await self._directory("users", name, self._quota, spawner, log, until)
            for group, quota in (await self._groups_of(spawner)).items():
                await self._directory("groups", group, quota, spawner, log, until)
            return directory
        except StorageUnavailable as problem:
            log.warning("Stoa at %s can't be used for %s: %s", self._url, name, problem)
            if self._on_unreachable == "allow":
                return Directory(name, None, None)
            raise SpawnRefused(
                "The storage service does not answer, so your directory could not be checked and your server was not "
                "started. Try again in a few minutes; if it stays so, tell your administrator."
            ) from None
        except KeyProblem as problem:
            log.error("Stoa at %s was not asked about %s: %s", self._url, name, problem)
            raise _misconfigured("has no key that it could use") from None
        except StorageRefused as problem:
            log.error("Stoa at %s refused the directory of %s: %s %s", self._url, name, problem.status, problem)
            if problem.status in (401, 403):
                raise _misconfigured("was not let in there") from None
            raise SpawnRefused(f"The storage service refused your directory: {problem}. Ask your administrator.") from None

    async def _directory(self, kind, name, quota, spawner, log, until):
        """Whatever there is already keeps its quota: operators change it, and a spawn must not change it back."""
        found = await self._call(self._api.find, kind, name, until=until)
        if found is not None:
            directory = Directory(name, *found)
            if kind == "users":
                self._refuse_full(directory, log)
            await self._call(self._api.make, kind, name, 0, until=until)
            return directory
        first = await _first(quota, spawner, name, log)
        await self._call(self._api.make, kind, name, first, until=until)
        log.info("Stoa made %s/%s with %s", kind, name, f"a quota of {shown(first)}" if first else "no quota")
        return Directory(name, first, 0)

    def _refuse_full(self, directory, log):
        _, quota, used = directory
        if self._refuse_at is None or not quota or used < quota * self._refuse_at:
            return
        log.info("%s is over quota: %d of %d bytes", directory.name, used, quota)
        raise SpawnRefused(
            f"Your storage is full, so your server was not started: {used_of(used, quota)}. "
            f"Open {self._rescue} to free space, then start your server again.",
            status=507,
            link=self._rescue,
        )

    async def _groups_of(self, spawner):
        """Each group's first quota, by name."""
        given = await _value(self._groups, spawner) or {}
        quotas = given if isinstance(given, dict) else {group: self._group_quota for group in given}
        return {directory_name(group, "groups"): quota for group, quota in quotas.items()}

    async def _call(self, function, *args, until):
        """In a thread, so that JupyterHub goes on answering meanwhile. A little later than the call's own end."""
        call = asyncio.get_running_loop().run_in_executor(self._threads, functools.partial(function, *args, until))
        try:
            return await asyncio.wait_for(call, max(0.0, until - time.monotonic()) + 0.5)
        except asyncio.TimeoutError:
            raise StorageUnavailable(f"no answer within {self._deadline:g} s") from None


async def _first(quota, spawner, name, log):
    """A new directory's quota in bytes."""
    given = await _value(quota, spawner)
    try:
        return bytes_of(given)
    except ValueError as problem:
        log.error("The quota for %s can't be set: %s", name, problem)
        raise _misconfigured("has no quota that it could set") from None


async def _value(given, spawner):
    """What an option stands for: itself, or what the operator's function says, which may be asynchronous."""
    value = given(spawner) if callable(given) else given
    return await value if inspect.isawaitable(value) else value


def _misconfigured(why):
    return SpawnRefused(
        f"JupyterHub {why} when it asked the storage service for your directory, so your server was not started. "
        "Tell your administrator; JupyterHub's log says more."
    )


def _address(option, given):
    parts = urlsplit(str(given))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError(f"{option} is an address like https://stoa.example.org, without a password in it")
    return str(given).rstrip("/")
