"""A spawn that is refused, told so that each version of JupyterHub shows why."""

import html

try:
    # JupyterHub 6: no traceback in the log, and no failure counted.
    from jupyterhub.spawner import SpawnException as _Base

    _POLICY = True
except ImportError:
    _POLICY = False
    try:
        # JupyterHub up to 5 shows "Unhandled error" for whatever fails within the first second and is no HTTPError.
        from tornado.web import HTTPError as _Base
    except ImportError:
        # Without JupyterHub, as in tests.
        _Base = Exception


class SpawnRefused(_Base):
    """
    `message` is for the person, in plain text; `link` an address in it that becomes a link where HTML is shown.
    JupyterHub reads the two attributes; up to version 4 it shows the text alone when the refusal comes at once.
    """

    def __init__(self, message, status=503, link=None):
        marked = html.escape(message)
        if link is not None:
            address = html.escape(link)
            marked = marked.replace(address, f'<a href="{address}">{address}</a>')
        if _POLICY:
            super().__init__(message, reason="storage", message_html=marked, status_code=status)
        elif _Base is Exception:
            super().__init__(message)
        else:
            super().__init__(status, message)
        self.status_code = status
        self.jupyterhub_message = message
        self.jupyterhub_html_message = marked

    def __str__(self):
        return self.jupyterhub_message

    if not _POLICY:
        # JupyterHub up to 5 writes 'error' here, and would show its own general sentence instead of ours because of it.
        reason = property(lambda self: None, lambda self, _: None)


def leave_uncounted(spawner):
    """
    With `consecutive_failure_limit` (5 in Zero to JupyterHub) the hub ends itself after so many failures in a row. Five
    people over quota are none, and JupyterHub 6 knows; up to 5 it counts each, so one is taken off beforehand.
    """
    settings = getattr(getattr(spawner, "handler", None), "settings", None)
    if not _POLICY and isinstance(settings, dict):
        settings["failure_count"] = settings.get("failure_count", 0) - 1
