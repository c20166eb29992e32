# The hook's own example, in a JupyterHub for tests: loopback, free ports, everything below HUB_BASE.
import os

c = get_config()  # noqa: F821 (JupyterHub defines it)
load_subconfig(os.environ["HUB_EXAMPLE"])  # noqa: F821 (the same)

base = os.environ["HUB_BASE"]
port, hub_port, proxy_port = os.environ["HUB_PORTS"].split(",")
c.JupyterHub.bind_url = f"http://127.0.0.1:{port}"
c.JupyterHub.hub_ip = "127.0.0.1"
c.JupyterHub.hub_port = int(hub_port)
c.JupyterHub.db_url = f"sqlite:///{base}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = f"{base}/cookie_secret"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.command = os.environ["HUB_PROXY"].split("\n")
c.ConfigurableHTTPProxy.pid_file = f"{base}/proxy.pid"
c.SimpleLocalProcessSpawner.home_dir_template = base + "/home/{username}"
c.Spawner.ip = "127.0.0.1"
c.Spawner.cmd = [os.environ["HUB_SINGLEUSER"]]
c.Spawner.args = ["--allow-root"]
c.Spawner.environment = {"JUPYTERHUB_SINGLEUSER_APP": os.environ["HUB_SINGLEUSER_APP"]}
# After as many failures in a row it ends itself.
c.Spawner.consecutive_failure_limit = 3
# Newer ones want to be told who may come in.
c.Authenticator.allow_all = True
c.DummyAuthenticator.password = "test"
c.JupyterHub.services = [{"name": "operator", "api_token": os.environ["HUB_TOKEN"]}]
scopes = ["admin:users", "admin:servers", "access:servers", "tokens"]
c.JupyterHub.load_roles = [{"name": "operates", "services": ["operator"], "scopes": scopes}]
