"""
JupyterHub and the directories on one machine, every server a process of JupyterHub's own account: for trying things out
and for tests. People are not kept apart from each other; the kernel's project quotas hold all the same.

    STOA_API_KEY=… jupyterhub -f simple_local_process_spawner.py
"""

import os

from stoa_jupyterhub import StoaStorage

c = get_config()  # noqa: F821 (JupyterHub defines it)

# What Stoa was given as STORAGE_BASE_PATH.
BASE = os.environ.get("STORAGE_BASE_PATH", "/srv/storage")

# The key is Stoa's API_KEY, here from the environment variable STOA_API_KEY.
storage = StoaStorage(
    url=os.environ.get("STOA_URL", "http://127.0.0.1:8080"),
    quota="10GiB",
)


async def prepare(spawner):
    # Makes the directory, or refuses the spawn with the reason.
    directory = await storage(spawner)
    spawner.notebook_dir = f"{BASE}/{directory.name}"


c.Spawner.pre_spawn_hook = prepare

# Any password lets anybody in: take another authenticator for people.
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.spawner_class = "simple"
