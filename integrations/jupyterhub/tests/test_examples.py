"""The examples, as JupyterHub loads them, with another Stoa than the one that they name."""

import asyncio
import os
import types
import unittest
from unittest import mock

import stoa_jupyterhub

from .storage_double import StorageDouble

KEY = "a-key-of-32-characters-or-so-0000"
FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "examples")


class Section:
    """A configuration's sections, which come to be as they are named."""

    def __getattr__(self, name):
        setattr(self, name, Section())
        return getattr(self, name)


class Examples(unittest.TestCase):
    def prepared(self, name, user):
        """The spawner after the example's hook was there."""
        config = Section()
        with StorageDouble(KEY) as stoa, mock.patch.dict(os.environ, {"STOA_TEST_KEY": KEY}):

            def storage(url, key_file=None, **options):
                self.assertRegex(url, "^https?://")
                return stoa_jupyterhub.StoaStorage(stoa.url, key_env="STOA_TEST_KEY", **options)

            path = os.path.join(FOLDER, name)
            with open(path, encoding="utf-8") as file:
                text = file.read().replace("from stoa_jupyterhub import StoaStorage", "")
            exec(compile(text, path, "exec"), {"get_config": lambda: config, "StoaStorage": storage})
            spawner = types.SimpleNamespace(user=types.SimpleNamespace(name=user))
            asyncio.run(config.Spawner.pre_spawn_hook(spawner))
            self.assertEqual(stoa.users[user], [10 * 1024**3, 0])
        return spawner

    def test_of_plain_processes(self):
        spawner = self.prepared("simple_local_process_spawner.py", "ada")
        self.assertEqual(spawner.notebook_dir, "/srv/storage/ada")

    def test_of_docker(self):
        spawner = self.prepared("docker_spawner.py", "Ada_B")
        self.assertEqual(spawner.volumes, {"/srv/storage/Ada_B": {"bind": "/home/jovyan/work", "mode": "rw"}})

    def test_of_kubernetes(self):
        spawner = self.prepared("kube_spawner.py", "josé")
        (mount,), (volume,) = spawner.volume_mounts, spawner.volumes
        self.assertEqual((mount["subPath"], mount["name"]), ("josé", volume["name"]))


if __name__ == "__main__":
    unittest.main()
