"""
Reports what is run in IPython to Stoa: `%load_ext stoa_activity`, or `InteractiveShellApp.extensions`.

A cell waits for nothing, prints nothing and fails by nothing of this. The README has the settings.
"""

import os

from .magic import add_magic, remove_magic
from .reporter import Reporter
from .settings import read_settings

__version__ = "0.1.0"
__all__ = ["load_ipython_extension", "unload_ipython_extension"]

# By the shell's id: a process has one shell, but for tests and embedded ones.
_reporters = {}


def load_ipython_extension(shell):
    """IPython calls it. Whatever is wrong is told by `%stoa_activity status` only."""
    if id(shell) in _reporters:
        return
    try:
        reporter = Reporter(read_settings(os.environ))
        _reporters[id(shell)] = reporter
        reporter.attach(shell)
        add_magic(shell, reporter)
    except Exception:  # a report is never worth a kernel
        return


def unload_ipython_extension(shell):
    """Sends what waits, two seconds long, and keeps the rest for the next kernel."""
    reporter = _reporters.pop(id(shell), None)
    if reporter is None:
        return
    try:
        remove_magic(shell)
        reporter.detach(shell)
    except Exception:
        return
