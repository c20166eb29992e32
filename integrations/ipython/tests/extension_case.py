"""A Stoa, a home and a shell for each test, in this process."""

import os
import tempfile
import unittest

import stoa_activity

from .shell_double import ShellDouble
from .stoa_double import StoaDouble


class ExtensionCase(unittest.TestCase):
    INTERVAL = "0.05"

    def setUp(self):
        self.home = self.enter(tempfile.TemporaryDirectory())
        self.stoa = self.enter(StoaDouble())
        self.env = {
            "STOA_URL": self.stoa.url,
            "STOA_ACTIVITY_TOKEN": self.stoa.token,
            "STOA_ACTIVITY_INTERVAL": self.INTERVAL,
            "XDG_STATE_HOME": self.home,
            "STOA_ACTIVITY": "",
        }
        before = dict(os.environ)
        self.addCleanup(lambda: (os.environ.clear(), os.environ.update(before)))
        for name in [name for name in os.environ if name.startswith(("STOA_", "JUPYTERHUB_"))]:
            del os.environ[name]

    def enter(self, context):
        entered = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return entered

    def shell(self, **env):
        """With the extension loaded; it is unloaded, and so flushed, after the test at the latest."""
        os.environ.update({**self.env, **env})
        shell = ShellDouble()
        stoa_activity.load_ipython_extension(shell)
        self.addCleanup(stoa_activity.unload_ipython_extension, shell)
        self.addCleanup(lambda: self.assertEqual(shell.printed, []))
        return shell

    def unload(self, shell):
        stoa_activity.unload_ipython_extension(shell)

    def reporter(self, shell):
        return stoa_activity._reporters[id(shell)]

    def spooled(self):
        """What lies in spool files, as text, and their paths."""
        found = [os.path.join(at, name) for at, _, names in os.walk(self.home) for name in names]
        texts = []
        for path in found:
            with open(path, encoding="utf-8") as file:
                texts.append(file.read())
        return "".join(texts), found

    def taken(self, count):
        self.stoa.until(lambda: len(self.stoa.taken) >= count)
        return list(self.stoa.taken.values())
