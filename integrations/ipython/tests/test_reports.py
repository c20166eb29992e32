"""What is reported of a cell, and that the cell doesn't notice."""

import contextlib
import io
import os
import threading
import time
import unittest
import warnings

from stoa_activity.masking import MASK

from .extension_case import ExtensionCase


class Reports(ExtensionCase):
    def test_have_code_time_and_end(self):
        shell = self.shell()
        shell.run("x = 1", body=lambda: time.sleep(0.03))
        shell.run("1/0", error=ZeroDivisionError("division by zero"))
        shell.run("x = (", before_it=SyntaxError("'(' was never closed"))
        first, second, third = self.taken(3)
        self.assertEqual([one["code"] for one in (first, second, third)], ["x = 1", "1/0", "x = ("])
        self.assertEqual([one["cell_number"] for one in (first, second, third)], [1, 2, 3])
        self.assertEqual((first["status"], second["status"], third["status"]), ("success", "error", "error"))
        self.assertGreaterEqual(first["execution_time_ms"], 29)
        self.assertNotIn("error_message", first)
        self.assertEqual(second["error_message"], "ZeroDivisionError: division by zero")
        self.assertEqual(third["error_message"], "SyntaxError: '(' was never closed")
        self.assertEqual(set(self.stoa.statuses), {200})

    def test_leave_out_what_no_person_ran(self):
        shell = self.shell()
        shell.run("")
        shell.run("  \n")
        shell.run("import widgets", store_history=False)
        shell.run("x")
        self.unload(shell)
        self.assertEqual(self.stoa.codes(), ["x"])

    def test_of_cells_within_cells_come_with_times_of_their_own(self):
        shell = self.shell()
        shell.run("outer", body=lambda: (shell.run("inner"), time.sleep(0.03)))
        found = {one["code"]: one for one in self.taken(2)}
        self.assertLess(found["inner"]["execution_time_ms"], found["outer"]["execution_time_ms"])
        self.assertGreaterEqual(found["outer"]["execution_time_ms"], 29)

    def test_of_an_error_that_cannot_be_told_have_its_name(self):
        class Mute(Exception):
            def __str__(self):
                raise RuntimeError("no text")

        shell = self.shell()
        shell.run("raise", error=Mute())
        self.assertEqual(self.taken(1)[0]["error_message"], "Mute")

    def test_five_megabytes_of_code_are_cut_with_a_mark(self):
        shell = self.shell()
        code = "🙂" * 10 + "x" * (5 * 1024 * 1024 - 10)
        shell.run(code, error=ValueError("y" * 5_000_000))
        one = self.taken(1)[0]
        self.assertTrue(one["code"].endswith("x… [cut: 5242880 characters]"), one["code"][-60:])
        self.assertTrue(one["code"].startswith("🙂" * 10 + "x"))
        self.assertGreater(len(one["code"]), 60_000 - 8192)
        self.assertTrue(one["error_message"].endswith("y… [cut: 5000012 characters]"))
        self.assertLessEqual(len(one["error_message"]), 8192)

    def test_a_secret_across_the_cut_does_not_leave(self):
        shell = self.shell()
        for shift in (0, 5, 20):
            shell.run("#" * (65_536 - 30 - shift) + ' password = "hunter2hunter2" ' + "z" * 100_000)
            shell.run("#" * (73_728 - 30 - shift) + ' password = "hunter2hunter2" ' + "z" * 100_000)
        for one in self.taken(6):
            self.assertNotIn("hunter", one["code"])

    def test_code_that_utf8_or_a_database_has_no_place_for_arrives_mended(self):
        shell = self.shell()
        shell.run("a\0b\ud800c\udc80d\ud83d\ude42")
        shell.run("\x01\x7f\u202e\ufeff")
        self.assertEqual([one["code"] for one in self.taken(2)], ["a�b�c�d🙂", "\x01\x7f\u202e\ufeff"])
        self.assertEqual(set(self.stoa.statuses), {200})

    def test_secrets_are_masked_in_code_and_messages(self):
        shell = self.shell(STOA_ACTIVITY_MASK="patient-[0-9]+")
        shell.run('password = "hunter2"  # patient-12', error=ValueError("postgresql://ada:hunter2@db refused"))
        one = self.taken(1)[0]
        self.assertEqual(one["code"], f'password = "{MASK}"  # {MASK}')
        self.assertEqual(one["error_message"], f"ValueError: postgresql://ada:{MASK}@db refused")


class Cells(ExtensionCase):
    def test_do_not_wait_for_a_server_that_hangs(self):
        self.stoa.troubles = ["hang"] * 100
        shell = self.shell()
        shell.run("first")
        self.stoa.until(lambda: self.stoa.statuses == [0])
        # The request is open, and nothing of it ends before the cells have run.
        began = time.thread_time()
        for count in range(200):
            shell.run(f"cell {count}")
        spent = time.thread_time() - began
        self.assertEqual(self.stoa.statuses, [0])
        self.assertEqual(self.stoa.taken, {})
        # Of this thread's CPU: some ten microseconds a cell.
        self.assertLess(spent / 200, 0.002)

    def test_of_five_megabytes_cost_the_hook_no_more(self):
        shell = self.shell()
        code = "x" * (5 * 1024 * 1024)
        began = time.thread_time()
        for _ in range(50):
            shell.run(code)
        self.assertLess((time.thread_time() - began) / 50, 0.005)

    def test_see_no_output_and_no_thread_that_complains(self):
        complaints = []
        before, threading.excepthook = threading.excepthook, complaints.append
        self.addCleanup(setattr, threading, "excepthook", before)
        self.stoa.troubles = ["drop", "html", 500, (429, {"Retry-After": "0"}), (503, {"Retry-After": "soon"})]
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            shell = self.shell()
            shell.run("x")
            self.taken(1)
            self.unload(shell)
        self.assertEqual((out.getvalue(), err.getvalue(), complaints), ("", "", []))
        self.assertEqual([str(one.message) for one in seen if "ResourceWarning" in str(one.category)], [])

    def test_see_nothing_of_a_home_that_cannot_be_written(self):
        blocked = os.path.join(self.home, "file")
        with open(blocked, "w") as file:
            file.write("no folder")
        self.stoa.troubles = ["drop", "drop"]
        shell = self.shell(XDG_STATE_HOME=os.path.join(blocked, "state"))
        shell.run("x")
        # From memory, then.
        self.assertEqual(self.taken(1)[0]["code"], "x")

    def test_in_a_child_of_a_fork_are_not_reported(self):
        shell = self.shell()
        shell.run("parent")
        self.taken(1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            code = 1
            try:
                shell.run("child")
                self.unload(shell)
                code = 0
            finally:
                os._exit(code)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        shell.run("parent again")
        self.unload(shell)
        self.assertEqual(self.stoa.codes(), ["parent", "parent again"])


class Switch(ExtensionCase):
    def magic(self, shell, line=""):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            shell.magics_manager.magics["line"]["stoa_activity"](line)
        return out.getvalue()

    def test_off_by_the_environment_registers_nothing(self):
        for env, why in [
            ({"STOA_ACTIVITY": "off"}, "STOA_ACTIVITY switches it off"),
            ({"STOA_URL": ""}, "STOA_URL is not set"),
            ({"STOA_URL": "stoa.example.org"}, "STOA_URL is not an address"),
            ({"STOA_URL": "http://ada:x@localhost"}, "user name in it"),
            ({"STOA_URL": "http://localhost:port"}, "STOA_URL is not an address"),
            ({"STOA_ACTIVITY_TOKEN": ""}, "there is no token"),
        ]:
            with self.subTest(env=env):
                threads = threading.active_count()
                shell = self.shell(**env)
                shell.run("x")
                self.assertEqual(shell.events.callbacks["post_run_cell"], [])
                self.assertIn(why, self.magic(shell, "on"))
                self.assertEqual(threading.active_count(), threads)
        self.assertEqual(self.stoa.statuses, [])

    def test_the_magic_switches_this_kernel(self):
        shell = self.shell()
        shell.run("one")
        self.assertIn("not reported in this kernel", self.magic(shell, "off"))
        shell.run("two")
        self.assertIn("Executions are reported", self.magic(shell, " ON "))
        shell.run("three")
        self.taken(2)
        self.assertIn("on, off or status", self.magic(shell, "maybe"))
        self.assertNotIn(self.stoa.token, self.magic(shell))
        self.unload(shell)
        self.assertEqual(self.stoa.codes(), ["one", "three"])
        self.assertNotIn("stoa_activity", shell.magics_manager.magics["line"])

    def test_loading_twice_reports_once(self):
        shell = self.shell()
        import stoa_activity

        stoa_activity.load_ipython_extension(shell)
        shell.run("x")
        self.unload(shell)
        self.unload(shell)
        self.assertEqual(self.stoa.codes(), ["x"])


if __name__ == "__main__":
    unittest.main()
