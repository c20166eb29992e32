"""Kernels that end without a word, and others with the same home."""

import os
import signal
import subprocess
import sys
import textwrap
import unittest

from stoa_activity import owners

from .extension_case import ExtensionCase

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Kernels(ExtensionCase):
    PROGRAM = textwrap.dedent(
        """
        import sys, time
        import stoa_activity
        from tests.shell_double import ShellDouble

        shell = ShellDouble()
        stoa_activity.load_ipython_extension(shell)
        shell.run("left behind")
        waiting = stoa_activity._reporters[id(shell)].delivery.waiting
        while not waiting()[1]:
            time.sleep(0.01)
        print("spooled", flush=True)
        time.sleep(60)
        """
    )

    def killed(self, **env):
        self.stoa.troubles = [503] * 1000
        child = subprocess.Popen(
            [sys.executable, "-c", self.PROGRAM],
            cwd=FOLDER,
            env={**os.environ, **self.env, **env, "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.PIPE,
        )
        self.addCleanup(child.stdout.close)
        self.addCleanup(lambda: (child.kill(), child.wait(20)))
        self.assertEqual(child.stdout.readline(), b"spooled\n")
        return child

    def end(self, child):
        child.send_signal(signal.SIGKILL)
        child.wait(20)
        self.stoa.troubles = []

    def test_that_were_killed_are_spoken_for_by_the_next(self):
        self.end(self.killed())
        self.shell()
        self.assertEqual(self.taken(1)[0]["code"], "left behind")
        self.stoa.until(lambda: self.spooled()[1] == [], 5)

    def test_that_live_keep_their_spool(self):
        child = self.killed()
        self.stoa.troubles = [503]
        shell = self.shell()
        self.reporter(shell).delivery.finish(1)
        self.assertTrue(any(f"-{child.pid}-" in path for path in self.spooled()[1]) or self.stoa.taken)

    def test_of_other_hub_users_and_servers_are_left_alone(self):
        self.end(self.killed(JUPYTERHUB_USER="ada"))
        shell = self.shell(JUPYTERHUB_USER="bob")
        shell.run("bob's")
        self.taken(1)
        self.unload(shell)
        self.assertEqual(self.stoa.codes(), ["bob's"])
        self.assertIn("left behind", self.spooled()[0])

    def test_a_line_that_was_cut_off_is_counted_and_the_rest_arrives(self):
        self.end(self.killed())
        path = self.spooled()[1][0]
        with open(path, "a") as file:
            file.write('{"id": "half')
        shell = self.shell()
        self.taken(1)
        self.stoa.until(lambda: self.reporter(shell).delivery.dropped_in_all == 1)
        shell.run("next")
        self.taken(2)
        self.assertEqual(self.stoa.dropped(), 1)

    def test_elsewhere_have_ended_when_they_are_silent_for_long(self):
        here = owners.this_owner()
        other = "0" * 12 + "-1-1"
        self.assertFalse(owners.is_gone(here, 1e9))
        self.assertTrue(owners.is_gone(here.rsplit("-", 1)[0] + "-1", 0))
        self.assertFalse(owners.is_gone(other, owners.SILENT - 1))
        self.assertTrue(owners.is_gone(other, owners.SILENT + 1))


if __name__ == "__main__":
    unittest.main()
