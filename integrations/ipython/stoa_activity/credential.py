"""The token: from the environment, from a file that may change, or JupyterHub's own."""

import os


class Credential:
    """`source` says for the person where the token comes from; the token itself is shown nowhere."""

    def __init__(self, token, token_file, hub_token):
        self._fixed = _usable(token) or (None if token_file else _usable(hub_token))
        self._file = None if _usable(token) else token_file
        self._hub = _usable(hub_token)
        self._stamp, self._read = None, None
        self.source = (
            "STOA_ACTIVITY_TOKEN" if _usable(token) else f"file {token_file}" if token_file else "JUPYTERHUB_API_TOKEN"
        )

    def current(self):
        """None: there is none that could be sent. A file is read anew when it has changed."""
        if self._file is None:
            return self._fixed
        try:
            found = os.stat(self._file)
            stamp = (found.st_ino, found.st_size, found.st_mtime_ns)
            if stamp != self._stamp:
                with open(self._file, encoding="ascii") as file:
                    self._read = _usable(file.read(10_000))
                self._stamp = stamp
        except (OSError, ValueError):
            self._stamp, self._read = None, None
        return self._read or self._hub

    def is_hub_token(self, token):
        """Whether it is JupyterHub's own, which is as good as what Stoa knows of its person at the moment."""
        return token == self._hub


def _usable(token):
    """Only what can stand in a header: no blanks, nothing beyond ASCII."""
    token = (token or "").strip()
    return token if token and token.isascii() and token.isprintable() and " " not in token else None
