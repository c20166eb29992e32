"""
A pod for each person. One volume (ReadWriteMany: NFS, CephFS) holds all directories: its root is Stoa's
STORAGE_BASE_PATH, and each pod gets its person's part of it by `subPath`.

In Zero to JupyterHub this file goes below `hub.extraConfig`, the key into a secret of your own that `hub.extraVolumes`
mounts, and `singleuser.storage.type` is `none`: this is the storage.
"""

from stoa_jupyterhub import StoaStorage

c = get_config()  # noqa: F821 (JupyterHub defines it)

# A PersistentVolumeClaim in the pods' namespace.
CLAIM = "stoa-storage"

storage = StoaStorage(
    url="http://stoa.storage.svc:8080",
    # The people's browsers know another address than the pods.
    portal="https://stoa.example.org",
    # From a secret with defaultMode 0400: Kubernetes makes it readable for the hub's group besides, which is fine.
    key_file="/etc/stoa/api-key",
    quota="10GiB",
)


async def prepare(spawner):
    # Makes the directory, or refuses the spawn with the reason. Kubernetes would make a missing subPath too, but as
    # root's and without a quota: with on_unreachable="allow" that happens to people who come for the first time.
    directory = await storage(spawner)
    spawner.volumes = [{"name": "storage", "persistentVolumeClaim": {"claimName": CLAIM}}]
    # KubeSpawner's own {username} is escaped ("jo-2ean"); this is the name that Stoa knows.
    spawner.volume_mounts = [{"name": "storage", "mountPath": "/home/jovyan/work", "subPath": directory.name}]
    spawner.notebook_dir = "/home/jovyan/work"


c.Spawner.pre_spawn_hook = prepare

c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
c.KubeSpawner.image = "quay.io/jupyter/base-notebook:latest"
# STORAGE_UID and STORAGE_GID, whose the directories are.
c.KubeSpawner.uid = 1000
c.KubeSpawner.gid = 1000
