"""What becomes of records that can't be sent: spool, retries, tokens, bounds."""

import json
import os
import stat
import time
import unittest

from stoa_activity import delivery
from stoa_activity.outbox import Outbox
from stoa_activity.records import seen
from stoa_activity.spool import Spool
from stoa_activity.transport import Transport

from .extension_case import ExtensionCase
from .stoa_double import StoaDouble


class Outages(ExtensionCase):
    def test_end_with_each_record_once(self):
        self.stoa.troubles = ["drop", "html", 500, (503, {"Retry-After": "0"})]
        shell = self.shell()
        for count in range(5):
            shell.run(f"cell {count}")
        self.taken(5)
        self.unload(shell)
        self.assertEqual(sorted(self.stoa.codes()), [f"cell {count}" for count in range(5)])
        self.assertEqual(self.spooled()[1], [])

    def test_that_outlast_the_kernel_leave_a_spool_that_only_its_owner_reads(self):
        self.stoa.troubles = [500] * 100
        shell = self.shell()
        shell.run("x")
        self.stoa.until(lambda: self.stoa.statuses)
        self.unload(shell)
        text, files = self.spooled()
        self.assertEqual(json.loads(text)["code"], "x")
        self.assertEqual(stat.S_IMODE(os.stat(files[0]).st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(os.path.dirname(files[0])).st_mode) & 0o077, 0)
        self.assertNotIn(self.stoa.token, text)

    def test_an_answer_that_was_lost_counts_once(self):
        shell = self.shell()
        real = Transport.send

        def lost(transport, *args):
            Transport.send = real
            real(transport, *args)
            return real(Transport("http://127.0.0.1:1"), *args)

        Transport.send = lost
        self.addCleanup(setattr, Transport, "send", real)
        shell.run("x")
        self.stoa.until(lambda: self.stoa.known == 1)
        self.assertEqual(self.stoa.codes(), ["x"])

    def test_a_kernel_ends_within_its_two_seconds_and_keeps_what_was_on_its_way(self):
        self.stoa.troubles = ["hang"] * 100
        shell = self.shell()
        shell.run("on its way")
        self.stoa.until(lambda: self.stoa.statuses == [0])
        shell.run("in the queue")
        began = time.monotonic()
        self.unload(shell)
        self.assertLess(time.monotonic() - began, 10)
        text, _ = self.spooled()
        self.assertIn("on its way", text)
        self.assertIn("in the queue", text)

    def test_retry_after_is_waited_for(self):
        self.stoa.troubles = [(429, {"Retry-After": "1"})]
        shell = self.shell()
        began = time.monotonic()
        shell.run("x")
        self.taken(1)
        self.assertGreaterEqual(time.monotonic() - began, 1)

    def test_a_redirect_carries_the_token_nowhere(self):
        with StoaDouble() as other:
            self.stoa.troubles = [(307, {"Location": other.url + "/api/audit-logs"}), (302, {"Location": other.url})]
            shell = self.shell()
            shell.run("x")
            self.taken(1)
            self.assertEqual(other.statuses, [])


class Tokens(ExtensionCase):
    def test_that_are_refused_stop_it_until_there_is_another(self):
        path = os.path.join(self.home, "token")
        self.write(path, "zpat_old")
        shell = self.shell(STOA_ACTIVITY_TOKEN="", STOA_ACTIVITY_TOKEN_FILE=path)
        shell.run("first")
        self.stoa.until(lambda: self.stoa.statuses == [401])
        for count in range(3):
            shell.run(f"while refused {count}")
            time.sleep(0.15)
        self.assertEqual(self.stoa.statuses, [401])
        self.write(path, self.stoa.token + "\n")
        self.taken(4)
        self.assertEqual(self.stoa.tokens[-1], f"Bearer {self.stoa.token}")

    def test_that_may_not_do_this_stop_it_too(self):
        self.stoa.troubles = [403]
        shell = self.shell()
        shell.run("first")
        self.stoa.until(lambda: self.stoa.statuses == [403])
        shell.run("second")
        self.unload(shell)
        self.assertEqual(self.stoa.statuses, [403])
        self.assertIn("second", self.spooled()[0])

    def test_come_from_jupyterhub_where_there_is_no_other(self):
        shell = self.shell(STOA_ACTIVITY_TOKEN="", JUPYTERHUB_API_TOKEN=self.stoa.token)
        shell.run("x")
        self.taken(1)
        self.assertIn("JUPYTERHUB_API_TOKEN", "".join(self.reporter(shell).status()))

    def test_of_jupyterhub_are_tried_again_after_long(self):
        before, delivery.HUB_TOKEN_PAUSE = delivery.HUB_TOKEN_PAUSE, 1.0
        self.addCleanup(setattr, delivery, "HUB_TOKEN_PAUSE", before)
        self.stoa.troubles = [401]
        shell = self.shell(STOA_ACTIVITY_TOKEN="", JUPYTERHUB_API_TOKEN=self.stoa.token)
        began = time.monotonic()
        shell.run("before the link")
        self.taken(1)
        self.assertGreaterEqual(time.monotonic() - began, 0.8)
        self.assertEqual(self.stoa.statuses, [401, 200])

    def test_that_cannot_stand_in_a_header_are_not_sent(self):
        for number, given in enumerate(["a b", "a\nb: c", "tökén", "\0"]):
            path = os.path.join(self.home, f"token-{number}")
            self.write(path, given)
            shell = self.shell(STOA_ACTIVITY_TOKEN="", STOA_ACTIVITY_TOKEN_FILE=path)
            shell.run("x")
            self.unload(shell)
        self.assertEqual(self.stoa.statuses, [])

    def write(self, path, text):
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(path + ".new", path)


class Bounds(ExtensionCase):
    def test_a_record_that_is_never_taken_takes_no_others_with_it(self):
        self.stoa.troubles = [500]
        self.stoa.refused_code = "bad"
        shell = self.shell(STOA_ACTIVITY_INTERVAL="0.3")
        for code in ["a", "bad", "b", "c", "d"]:
            shell.run(code)
        self.taken(4)
        shell.run("e")
        self.taken(5)
        self.assertEqual(sorted(self.stoa.codes()), ["a", "b", "c", "d", "e"])
        self.assertEqual(self.stoa.dropped(), 1)

    def test_a_batch_that_is_too_large_goes_in_parts(self):
        self.stoa.troubles = [413, 413]
        shell = self.shell()
        for count in range(20):
            shell.run(f"cell {count}")
        self.taken(20)
        self.assertEqual(self.stoa.dropped(), 0)

    def test_of_a_full_queue_the_oldest_go_and_are_counted(self):
        outbox = Outbox(most=3, characters=10_000)
        for number in range(5):
            outbox.put(seen(number, "x", 1, None, 0))
        taken, dropped = outbox.take(10)
        self.assertEqual(([one.cell_number for one in taken], dropped), ([2, 3, 4], 2))
        for number in range(5):
            outbox.put(seen(number, "x" * 3000, 1, None, 0))
        self.assertEqual(outbox.take(10)[1], 2)

    def test_a_full_spool_says_how_many_it_left_out(self):
        self.stoa.troubles = [503] * 3
        shell = self.shell()
        sender = self.reporter(shell).delivery
        sender._spool._own_limit = 2000
        for count in range(40):
            shell.run(f"cell {count:030}")
        self.stoa.until(lambda: len(self.stoa.taken) > 0 and not sender._spool)
        shell.run("after")
        self.stoa.until(lambda: "after" in self.stoa.codes())
        self.assertGreater(self.stoa.dropped(), 0)
        self.assertEqual(len(self.stoa.taken) + self.stoa.dropped(), 41)

    def test_what_was_given_up_is_remembered_across_kernels(self):
        self.stoa.troubles = [503] * 100
        shell = self.shell()
        self.reporter(shell).delivery._spool._own_limit = 400
        for count in range(10):
            shell.run(f"cell {count}")
        self.stoa.until(lambda: self.stoa.statuses)
        self.reporter(shell).delivery._spool._own_limit = 10_000
        self.unload(shell)
        self.stoa.troubles = []
        again = self.shell()
        self.stoa.until(lambda: self.stoa.taken)
        again.run("last")
        self.stoa.until(lambda: "last" in self.stoa.codes())
        self.assertEqual(len(self.stoa.taken) + self.stoa.dropped(), 11)

    def test_a_folder_of_spools_is_bounded(self):
        folder = os.path.join(self.home, "spool")
        os.makedirs(folder)
        for number in range(4):
            with open(os.path.join(folder, f"{'0' * 12}-1-1.{number}.jsonl"), "w") as file:
                file.write('{"id": "x"}\n' * 100)
            os.utime(file.name, (number, number))
        spool = Spool(folder, all_limit=2500)
        self.assertEqual(spool.take_over(), 200)
        self.assertEqual(len(spool.read(1000, 10**6)[0]), 100)

    def test_links_and_other_people_s_files_are_not_read(self):
        folder = os.path.join(self.home, "spool")
        os.makedirs(folder)
        secret = os.path.join(self.home, "secret")
        with open(secret, "w") as file:
            file.write('{"id": "x", "code": "secret"}\n')
        os.symlink(secret, os.path.join(folder, f"{'0' * 12}-1-1.1.jsonl"))
        spool = Spool(folder)
        spool.take_over()
        self.assertEqual(spool.read(10, 1000), ([], 0))


if __name__ == "__main__":
    unittest.main()
