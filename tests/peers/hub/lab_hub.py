# A hub whose people have JupyterLab 4 that reports what they run: as deploy/jupyterhub does it, with plain processes.
c = get_config()  # noqa: F821 (JupyterHub defines it)

c.JupyterHub.spawner_class = "jupyterhub.spawner.SimpleLocalProcessSpawner"
# People come from Stoa, with a token for their own server.
c.JupyterHub.authenticator_class = "jupyterhub.auth.DummyAuthenticator"
c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 0, "slow_stop_timeout": 0}
c.JupyterHub.last_activity_interval = 5
# The kernels' own surroundings: where Stoa is, and the extension with its configuration.
c.Spawner.env_keep.extend(["JUPYTERHUB_ALLOW_TOKEN_IN_URL", "STOA_URL", "IPYTHONDIR", "STOA_ACTIVITY_INTERVAL", "PYTHONPATH"])
