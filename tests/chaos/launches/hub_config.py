# A real hub for the chaos of launches: small servers, quick time-outs, and people whose start is told to fail.
import os
import sys

c = get_config()  # noqa: F821 (JupyterHub defines it)

base = os.environ["CHAOS_BASE"]
port, hub_port, proxy_port = os.environ["HUB_PORTS"].split(",")
c.JupyterHub.bind_url = f"http://127.0.0.1:{port}"
c.JupyterHub.hub_ip = "127.0.0.1"
c.JupyterHub.hub_port = int(hub_port)
c.JupyterHub.db_url = f"sqlite:///{base}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = f"{base}/cookie_secret"
# Killed, it leaves its servers running, and takes them on again.
c.JupyterHub.cleanup_servers = False
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.command = os.environ["HUB_PROXY"].split("\n")
c.ConfigurableHTTPProxy.auth_token = "chaos-" + "c" * 32
c.ConfigurableHTTPProxy.pid_file = f"{base}/proxy.pid"
c.JupyterHub.spawner_class = "jupyterhub.spawner.SimpleLocalProcessSpawner"
c.JupyterHub.authenticator_class = "jupyterhub.auth.DummyAuthenticator"
c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 0, "slow_stop_timeout": 0}
c.JupyterHub.concurrent_spawn_limit = 100
c.SimpleLocalProcessSpawner.home_dir_template = base + "/home/{username}"
c.Spawner.ip = "127.0.0.1"
c.Spawner.cmd = [sys.executable, os.environ["CHAOS_SERVER"]]
c.Spawner.environment = {"CHAOS_BASE": base}
c.Spawner.http_timeout = 10
c.Spawner.start_timeout = 20
c.Spawner.poll_interval = 5
c.Spawner.consecutive_failure_limit = 0
c.Authenticator.allow_all = True
c.DummyAuthenticator.password = "test"
c.JupyterHub.services = [{"name": "stoa", "api_token": os.environ["HUB_TOKEN"]}]
scopes = ["admin:users", "admin:servers", "list:users", "access:servers", "tokens"]
c.JupyterHub.load_roles = [{"name": "stoa", "services": ["stoa"], "scopes": scopes}]


def told_to_fail(spawner):
    if os.path.exists(os.path.join(base, f"refuse-{spawner.user.name}")):
        raise RuntimeError("this start was told to fail")


c.Spawner.pre_spawn_hook = told_to_fail
