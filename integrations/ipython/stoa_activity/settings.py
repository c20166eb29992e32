"""What the environment says, read once, when the extension is loaded."""

import hashlib
import os
from typing import NamedTuple, Optional
from urllib.parse import urlsplit


class Settings(NamedTuple):
    """`off` says why nothing is reported; None: it is. Times are seconds, sizes bytes."""

    off: Optional[str]
    url: str
    token: Optional[str]
    token_file: Optional[str]
    hub_token: Optional[str]
    mask: Optional[str]
    mask_file: Optional[str]
    spool: str
    interval: float


def read_settings(env):
    """Never raises: what can't be used switches the extension off, with the reason."""
    url, problem = _url(env.get("STOA_URL", ""))
    if env.get("STOA_ACTIVITY", "").strip().lower() in ("off", "0", "no", "false"):
        problem = "STOA_ACTIVITY switches it off"
    settings = Settings(
        off=problem,
        url=url + "/api/audit-logs",
        token=env.get("STOA_ACTIVITY_TOKEN") or None,
        token_file=env.get("STOA_ACTIVITY_TOKEN_FILE") or None,
        hub_token=env.get("JUPYTERHUB_API_TOKEN") or None,
        mask=env.get("STOA_ACTIVITY_MASK") or None,
        mask_file=env.get("STOA_ACTIVITY_MASK_FILE") or None,
        spool=_spool(env, url),
        interval=_seconds(env.get("STOA_ACTIVITY_INTERVAL", ""), 3.0),
    )
    if problem is None and not (settings.token or settings.token_file or settings.hub_token):
        return settings._replace(off="there is no token: STOA_ACTIVITY_TOKEN, STOA_ACTIVITY_TOKEN_FILE")
    return settings


def _url(given):
    """Without a slash at the end, and why it can't be used."""
    if not given:
        return "", "STOA_URL is not set"
    try:
        parts = urlsplit(given)
        parts.port  # noqa: B018 (it raises where it is no number)
    except ValueError:
        return "", "STOA_URL is not an address"
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        return "", "STOA_URL is not an address like https://stoa.example.org"
    if parts.username is not None:
        return "", "STOA_URL has a user name in it; the token stands apart"
    return given.rstrip("/"), None


def _spool(env, url):
    """A folder for each server and hub user, so that nothing is sent to another server or in another's name."""
    state = env.get("XDG_STATE_HOME", "")
    if not os.path.isabs(state):
        state = os.path.join(os.path.expanduser("~"), ".local", "state")
    whose = f"{url}\n{env.get('JUPYTERHUB_USER', '')}".encode("utf-8", "replace")
    return os.path.join(state, "stoa", "activity", hashlib.sha256(whose).hexdigest()[:16])


def _seconds(given, default):
    try:
        return min(max(float(given), 0.05), 60.0)
    except ValueError:
        return default
