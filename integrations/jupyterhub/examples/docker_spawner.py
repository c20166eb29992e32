"""
A container for each person, their directory mounted into it as ~/work. Docker runs on the machine that has the
directories (or mounts them at the same place, for example over NFS).
"""

from stoa_jupyterhub import StoaStorage

c = get_config()  # noqa: F821 (JupyterHub defines it)

# What Stoa was given as STORAGE_BASE_PATH, as Docker's host sees it.
BASE = "/srv/storage"

storage = StoaStorage(
    url="https://stoa.example.org",
    # Stoa's API_KEY; chmod 600, owned by JupyterHub's account.
    key_file="/etc/jupyterhub/stoa.key",
    quota="10GiB",
)


async def prepare(spawner):
    # Makes the directory, or refuses the spawn with the reason. Docker would make a missing one too, but as root's and
    # without a quota: with on_unreachable="allow" that happens to people who come for the first time.
    directory = await storage(spawner)
    # DockerSpawner's own {username} is escaped ("jo-2ean"); this is the name that Stoa knows.
    spawner.volumes = {f"{BASE}/{directory.name}": {"bind": "/home/jovyan/work", "mode": "rw"}}
    spawner.notebook_dir = "/home/jovyan/work"


c.Spawner.pre_spawn_hook = prepare

c.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"
# Its jovyan has the uid 1000, which is STORAGE_UID's default.
c.DockerSpawner.image = "quay.io/jupyter/base-notebook:latest"
# A container outlives its server otherwise, and keeps the mounts that it was made with.
c.DockerSpawner.remove = True
# Where containers reach JupyterHub.
c.JupyterHub.hub_ip = "0.0.0.0"
c.DockerSpawner.network_name = "jupyterhub"
c.DockerSpawner.use_internal_ip = True
