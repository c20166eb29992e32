"""The storage API's key, from a file or the environment."""

import os
import stat

# Stoa doesn't start with a shorter one.
_SHORTEST = 16


class KeyProblem(ValueError):
    """Says what is wrong with the key and never what it is."""


def read_key(key_file, key_env):
    """The key. It is read for every spawn, so that a changed one is used without a restart of JupyterHub."""
    if key_file is not None:
        return _checked(_contents(key_file), f"the key in {key_file}")
    if not os.environ.get(key_env):
        raise KeyProblem(f"there is no key: give key_file, or set {key_env} in JupyterHub's environment")
    return _checked(os.environ[key_env], f"the key in {key_env}")


def _contents(path):
    try:
        with open(path, "rb") as file:
            _check_mode(path, os.fstat(file.fileno()))
            return file.read(4096).decode("ascii", "replace")
    except OSError as error:
        raise KeyProblem(f"the key file {path} can't be read: {error.strerror}") from None


def _check_mode(path, found):
    if not stat.S_ISREG(found.st_mode):
        raise KeyProblem(f"the key file {path} is not a file")
    # The group may read: that is how Kubernetes hands out a secret.
    if found.st_mode & 0o037:
        mode = stat.S_IMODE(found.st_mode)
        raise KeyProblem(f"the key file {path} has mode {mode:04o}, so others can read or change it: chmod 600 {path}")
    if found.st_uid not in (0, os.geteuid()):
        raise KeyProblem(f"the key file {path} belongs to another account than JupyterHub's, which could change it")


def _checked(text, where):
    key = text.strip()
    # Anything else can't be a header's value, and the error about it would show it in the log.
    if not all(33 <= ord(letter) <= 126 for letter in key):
        raise KeyProblem(f"{where} has characters that a key can't have")
    if len(key) < _SHORTEST:
        raise KeyProblem(f"{where} is shorter than {_SHORTEST} characters")
    return key
