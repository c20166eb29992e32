# A hub as it comes, for the client's tests: plain processes, a password that everybody knows, answers at once.
c = get_config()  # noqa: F821 (JupyterHub defines it)

c.JupyterHub.spawner_class = "jupyterhub.spawner.SimpleLocalProcessSpawner"
c.JupyterHub.authenticator_class = "jupyterhub.auth.DummyAuthenticator"
c.JupyterHub.allow_named_servers = True
# Answer 202 at once; otherwise it waits up to ten seconds for the server.
c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 0, "slow_stop_timeout": 0}


def failing(spawner):
    if spawner.user.name.startswith("fail-"):
        raise RuntimeError("no capacity for this profile")


c.Spawner.pre_spawn_hook = failing
