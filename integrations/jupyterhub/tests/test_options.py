"""What an operator can write into the configuration, and what is refused there."""

import ast
import copy
import glob
import os
import tempfile
import unittest

from stoa_jupyterhub import StoaStorage
from stoa_jupyterhub.key import KeyProblem, read_key
from stoa_jupyterhub.names import NameRefused, directory_name
from stoa_jupyterhub.sizes import bytes_of, used_of

KEY = "a-key-of-32-characters-or-so-0000"
GIB = 1024**3


class Sizes(unittest.TestCase):
    def test_are_bytes_or_have_units(self):
        for given, expected in [
            (0, 0),
            (None, 0),
            (10 * GIB, 10 * GIB),
            ("10GiB", 10 * GIB),
            ("10 G", 10 * GIB),
            ("1.5TiB", 3 * 512 * GIB),
            ("500MB", 500_000_000),
            ("2kB", 2000),
            ("5", 5),
            ("0.1GiB", 107374182),
        ]:
            with self.subTest(given=given):
                self.assertEqual(bytes_of(given), expected)

    def test_that_make_no_sense_are_refused(self):
        for given in (-1, "-1GiB", 1.5, True, "", "GiB", "10 gigs", "1,5GiB", "1e9", 2**53, "9PiB", b"5", [], "10GiB;"):
            with self.subTest(given=given):
                self.assertRaises(ValueError, bytes_of, given)

    def test_are_told_so_that_the_two_differ(self):
        self.assertEqual(used_of(3435973837, 3 * GIB), "3.2 GiB used of 3 GiB")
        self.assertEqual(used_of(3 * GIB, 3 * GIB), "3 GiB used of 3 GiB")
        self.assertEqual(used_of(3 * GIB + 15_000_000, 3 * GIB), "3.01 GiB used of 3 GiB")
        self.assertEqual(used_of(3 * GIB + 1, 3 * GIB), "3221225473 bytes used of 3221225472")
        self.assertEqual(used_of(1024**2 - 1, 512), "1 MiB used of 512 B")


class Names(unittest.TestCase):
    def test_are_those_of_the_contract(self):
        for given in ("alice", "Alice_B-2", "josé", "ŻÓŁĆ", "a" * 200):
            with self.subTest(given=given):
                self.assertEqual(directory_name(given), given)
        self.assertEqual(directory_name("jose\u0301"), "jos\u00e9")
        self.assertEqual(directory_name("groups", "groups"), "groups")

    def test_others_are_refused(self):
        given = ["", ".", "..", "a.b", "a/b", "a b", "a\n", "\n", "a@b", "groups", "علی", "a\0", "a" * 201, "é" * 101, None, 5]
        for name in given:
            with self.subTest(name=name):
                self.assertRaises(NameRefused, directory_name, name)


class Keys(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, text, mode=0o600):
        path = os.path.join(self.folder.name, "key")
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def test_come_from_a_file_that_others_cannot_read(self):
        self.assertEqual(read_key(self.file(KEY + "\n"), None), KEY)
        self.assertEqual(read_key(self.file(KEY, 0o640), None), KEY)
        for mode in (0o644, 0o604, 0o660, 0o620, 0o602):
            with self.subTest(mode=oct(mode)):
                with self.assertRaisesRegex(KeyProblem, "chmod 600"):
                    read_key(self.file(KEY, mode), None)

    @unittest.skipUnless(os.geteuid() == 0, "only root can give a file away")
    def test_are_not_taken_from_a_file_of_another_account(self):
        path = self.file(KEY)
        os.chown(path, 12345, 0)
        self.assertRaisesRegex(KeyProblem, "another account", read_key, path, None)

    def test_that_are_none_are_refused_without_being_shown(self):
        for text in ("short-secret", "", KEY + "\nX-Other: 1", KEY + "é"):
            with self.subTest(text=text):
                with self.assertRaises(KeyProblem) as caught:
                    read_key(self.file(text), None)
                self.assertNotIn("secret", str(caught.exception))
                self.assertNotIn(KEY, str(caught.exception))
        self.assertRaisesRegex(KeyProblem, "can't be read", read_key, "/nonexistent/key", None)
        self.assertRaisesRegex(KeyProblem, "not a file", read_key, "/dev/null", None)
        self.assertRaisesRegex(KeyProblem, "STOA_TEST_NO_KEY", read_key, None, "STOA_TEST_NO_KEY")


class Options(unittest.TestCase):
    def setUp(self):
        os.environ["STOA_TEST_KEY"] = KEY
        self.addCleanup(os.environ.pop, "STOA_TEST_KEY")

    def test_that_make_no_sense_stop_jupyterhub(self):
        for wrong in (
            {"url": "stoa.example.org"},
            {"url": "ftp://stoa.example.org"},
            {"url": "https://me:secret@stoa.example.org"},
            {"portal": "javascript:alert(1)"},
            {"quota": "much"},
            {"quota": -5},
            {"group_quota": "-5GiB"},
            {"on_unreachable": "shrug"},
            {"refuse_at": 0},
            {"timeout": 0},
            {"retries": -1},
            {"key_file": "/nonexistent"},
            {"key_env": "STOA_TEST_NO_KEY"},
        ):
            with self.subTest(wrong=wrong):
                options = {"url": "https://stoa.example.org", "key_env": "STOA_TEST_KEY", **wrong}
                with self.assertRaises(ValueError) as caught:
                    StoaStorage(options.pop("url"), **options)
                self.assertNotIn("secret", str(caught.exception))

    def test_survive_being_copied_and_never_show_the_key(self):
        storage = StoaStorage("https://stoa.example.org", key_env="STOA_TEST_KEY", quota="5GiB")
        self.assertIs(copy.deepcopy({"hook": storage})["hook"], storage)
        self.assertNotIn(KEY, repr(storage) + repr(vars(storage)))

    def test_the_code_is_python_3_8(self):
        folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        files = glob.glob(f"{folder}/stoa_jupyterhub/*.py") + glob.glob(f"{folder}/examples/*.py")
        self.assertGreater(len(files), 6)
        for path in files:
            with open(path, encoding="utf-8") as file:
                ast.parse(file.read(), path, feature_version=(3, 8))


if __name__ == "__main__":
    unittest.main()
