"""Spawns as JupyterHub does them, against a double of contract 1."""

import asyncio
import logging
import os
import socket
import tempfile
import time
import types
import unittest

from stoa_jupyterhub import Directory, SpawnRefused, StoaStorage

from .storage_double import StorageDouble

KEY = "a-key-of-32-characters-or-so-0000"
GIB = 1024**3


def spawner_of(name="alice", failures=None):
    """What the hook sees of JupyterHub's spawner."""
    handler = types.SimpleNamespace(settings={} if failures is None else {"failure_count": failures})
    return types.SimpleNamespace(
        user=types.SimpleNamespace(name=name), log=logging.getLogger("hub"), handler=handler
    )


class Spawns(unittest.TestCase):
    def setUp(self):
        os.environ["STOA_API_KEY"] = KEY
        self.addCleanup(os.environ.pop, "STOA_API_KEY", None)
        self.stoa = self.enter(StorageDouble(KEY))

    def enter(self, context):
        self.addCleanup(context.__exit__, None, None, None)
        return context.__enter__()

    def hook(self, **options):
        return StoaStorage(options.pop("url", self.stoa.url), **options)

    def spawn(self, hook, name="alice"):
        return asyncio.run(hook(spawner_of(name)))

    def refused(self, hook, name="alice"):
        with self.assertLogs("hub", "INFO") as logs, self.assertRaises(SpawnRefused) as caught:
            self.spawn(hook, name)
        self.assertNotIn(KEY, "".join(logs.output))
        self.assertNotIn(KEY, caught.exception.jupyterhub_message)
        return caught.exception, "\n".join(logs.output)


class Directories(Spawns):
    def test_the_first_spawn_makes_one_with_the_quota(self):
        found = self.spawn(self.hook(quota="10GiB"))
        self.assertEqual(found, Directory("alice", 10 * GIB, 0))
        self.assertEqual(self.stoa.users, {"alice": [10 * GIB, 0]})

    def test_the_next_leaves_a_quota_alone_that_was_changed_meanwhile(self):
        hook = self.hook(quota="10GiB")
        self.spawn(hook)
        for changed in (20 * GIB, GIB, 0):
            self.stoa.users["alice"][0] = changed
            self.assertEqual(self.spawn(hook).quota, changed)
            self.assertEqual(self.stoa.users["alice"], [changed, 0])
        self.assertEqual(self.stoa.posted(), [{"name": "alice", "quota": 10 * GIB}] + 3 * [{"name": "alice"}])

    def test_without_a_quota_none_is_sent(self):
        for quota in (None, 0, "0"):
            self.spawn(self.hook(quota=quota))
        self.assertEqual(self.stoa.posted(), 3 * [{"name": "alice"}])

    def test_the_quota_may_be_a_function_asked_for_new_directories_only(self):
        asked = []

        async def quota(spawner):
            asked.append(spawner.user.name)
            return "3GiB" if spawner.user.name == "alice" else 7

        hook = self.hook(quota=quota)
        for name in ("alice", "bob", "alice"):
            self.spawn(hook, name)
        self.assertEqual(asked, ["alice", "bob"])
        self.assertEqual(self.stoa.users, {"alice": [3 * GIB, 0], "bob": [7, 0]})

    def test_a_function_that_says_nonsense_refuses(self):
        for nonsense in (-1, "much", 1.5):
            refusal, log = self.refused(self.hook(quota=lambda _, nonsense=nonsense: nonsense))
            self.assertIn("administrator", str(refusal))
            self.assertIn("is not a size", log)
        self.assertEqual(self.stoa.posted(), [])

    def test_accented_names_go_there_in_nfc(self):
        self.spawn(self.hook(quota=5), "jose\u0301")
        self.assertEqual(self.stoa.users, {"jos\u00e9": [5, 0]})
        self.assertEqual(self.stoa.asked[0][1], "/api/v1/users/jos%C3%A9")

    def test_names_that_cannot_be_are_refused_without_a_call(self):
        for name in ("a.b", "a b", "../etc", "groups", "علی", ""):
            refusal, _ = self.refused(self.hook(), name)
            self.assertIn("can't be a", str(refusal))
            self.assertEqual(refusal.status_code, 422)
        self.assertEqual(self.stoa.asked, [])

    def test_or_become_others_by_a_function(self):
        hook = self.hook(name=lambda spawner: spawner.user.name.split("@")[0])
        self.assertEqual(self.spawn(hook, "ada@example.org").name, "ada")

    def test_groups_are_made_too_each_with_its_quota(self):
        self.stoa.groups["lab"] = [9, 4]
        self.spawn(self.hook(groups=lambda _: ["lab", "course"], group_quota="1GiB"))
        self.spawn(self.hook(groups=lambda _: {"big": "5GiB", "open": None}))
        self.assertEqual(self.stoa.groups, {"lab": [9, 4], "course": [GIB, 0], "big": [5 * GIB, 0], "open": [0, 0]})
        self.assertEqual(list(self.stoa.users), ["alice"])
        refusal, _ = self.refused(self.hook(groups=lambda _: ["a/b"]))
        self.assertIn("group's name 'a/b'", str(refusal))


class OverQuota(Spawns):
    def test_refuses_with_the_figures_and_the_way_out(self):
        self.stoa.users["alice"] = [3 * GIB, 3435973837]
        refusal, _ = self.refused(self.hook(portal="https://stoa.example.org/"))
        self.assertIn("3.2 GiB used of 3 GiB", refusal.jupyterhub_message)
        self.assertIn("Open https://stoa.example.org/portal/storage to free space", refusal.jupyterhub_message)
        self.assertIn('<a href="https://stoa.example.org/portal/storage">', refusal.jupyterhub_html_message)
        self.assertEqual(str(refusal), refusal.jupyterhub_message)
        self.assertEqual(self.stoa.posted(), [])

    def test_starts_at_the_share_that_the_operator_set(self):
        for used, refuse_at, expected in [(99, 1.0, False), (100, 1.0, True), (95, 0.95, True), (500, None, False)]:
            with self.subTest(used=used, refuse_at=refuse_at):
                self.stoa.users["alice"] = [100, used]
                hook = self.hook(refuse_at=refuse_at)
                if expected:
                    self.refused(hook)
                else:
                    self.assertEqual(self.spawn(hook).disk_usage, used)

    def test_is_nobody_without_a_quota(self):
        self.stoa.users["alice"] = [0, 50 * GIB]
        self.assertEqual(self.spawn(self.hook()).quota, 0)

    def test_counts_as_no_failure_of_the_hub(self):
        self.stoa.users["alice"] = [1, 2]
        spawner = spawner_of(failures=3)
        with self.assertRaises(SpawnRefused):
            asyncio.run(self.hook()(spawner))
        self.assertEqual(spawner.handler.settings, {"failure_count": 2})  # JupyterHub adds one to it

    def test_shows_no_name_as_html(self):
        refusal, _ = self.refused(self.hook(), "<b>x</b>")
        self.assertNotIn("<b>", refusal.jupyterhub_html_message)


class Trouble(Spawns):
    def test_is_tried_again(self):
        for trouble in ("drop", 502, 503, 504):
            self.stoa.troubles[:] = [trouble, trouble]
            self.assertEqual(self.spawn(self.hook(quota=5)).name, "alice")
        self.assertEqual(len(self.stoa.asked), 4 * 4)

    def test_that_stays_refuses_or_lets_in_as_the_operator_chose(self):
        for trouble in ("drop", 503, 500, "html"):
            with self.subTest(trouble=trouble):
                self.stoa.troubles[:] = 9 * [trouble]
                refusal, log = self.refused(self.hook(retries=1))
                self.assertIn("does not answer", str(refusal))
                self.assertEqual(refusal.status_code, 503)
                self.assertIn(self.stoa.url, log)
                with self.assertLogs("hub", "WARNING"):
                    allowed = self.spawn(self.hook(retries=1, on_unreachable="allow"))
                self.assertEqual(allowed, Directory("alice", None, None))
        self.stoa.troubles.clear()
        self.assertEqual(self.stoa.users, {})

    def test_nobody_listens_there(self):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
        refusal, log = self.refused(self.hook(url=f"http://127.0.0.1:{port}", retries=0))
        self.assertIn("does not answer", str(refusal))
        self.assertIn("refused", log)

    def test_a_stoa_that_hangs_ends_at_the_deadline(self):
        for trouble in ("hang", "trickle"):
            self.stoa.troubles[:] = [trouble]
            began = time.monotonic()
            self.refused(self.hook(timeout=9, deadline=0.5))
            self.assertLess(time.monotonic() - began, 2.5)

    def test_the_loop_goes_on_meanwhile(self):
        self.stoa.troubles[:] = 20 * ["hang"]

        async def beats():
            hook = self.hook(timeout=9, deadline=0.6)
            spawns = [asyncio.ensure_future(hook(spawner_of(f"user{i}"))) for i in range(20)]
            longest, last = 0.0, time.monotonic()
            while not all(spawn.done() for spawn in spawns):
                await asyncio.sleep(0.01)
                longest, last = max(longest, time.monotonic() - last), time.monotonic()
            return longest, await asyncio.gather(*spawns, return_exceptions=True)

        with self.assertLogs("hub", "WARNING"):
            longest, ended = asyncio.run(beats())
        self.assertLess(longest, 0.3)
        self.assertEqual({type(one) for one in ended}, {SpawnRefused})

    def test_fifty_spawns_at_once_make_fifty_directories(self):
        async def all_at_once():
            hook = self.hook(quota=5)
            await asyncio.gather(*(hook(spawner_of(f"user{i}")) for i in range(50)))

        asyncio.run(all_at_once())
        self.assertEqual(len(self.stoa.users), 50)


class TheKey(Spawns):
    def test_a_wrong_one_refuses_whatever_the_operator_chose(self):
        os.environ["STOA_API_KEY"] = "another-key-of-some-length"
        for chosen in ("refuse", "allow"):
            refusal, log = self.refused(self.hook(on_unreachable=chosen))
            self.assertIn("Tell your administrator", str(refusal))
            self.assertIn("401 Unauthorized", log)
            self.assertNotIn("another-key", log + str(refusal))
        self.assertEqual(self.stoa.users, {})

    def test_a_changed_file_counts_without_a_restart(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("the-key-of-yesterday")
            file.flush()
            hook = self.hook(key_file=file.name)
            self.refused(hook)
            file.seek(0)
            file.write(KEY)
            file.flush()
            self.spawn(hook)
            os.chmod(file.name, 0o644)
            refusal, log = self.refused(hook)
            self.assertIn("no key", str(refusal))
            self.assertIn("chmod 600", log)

    def test_is_sent_to_no_other_address(self):
        elsewhere = self.enter(StorageDouble(KEY))
        os.environ["http_proxy"] = elsewhere.url
        self.addCleanup(os.environ.pop, "http_proxy")
        self.spawn(self.hook())
        self.stoa.troubles[:] = [("redirect", elsewhere.url)]
        refusal, log = self.refused(self.hook())
        self.assertIn("leads elsewhere", log)
        self.assertEqual(elsewhere.asked, [])

    def test_reasons_of_stoa_reach_the_person(self):
        self.stoa.troubles[:] = [409]
        refusal, _ = self.refused(self.hook())
        self.assertIn("status 409 for a test", str(refusal))


if __name__ == "__main__":
    unittest.main()
