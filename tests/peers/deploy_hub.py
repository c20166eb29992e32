# deploy's own configuration, on free ports of loopback and with everything below DEPLOY_BASE.
import os

c = get_config()  # noqa: F821 (JupyterHub defines it)
load_subconfig(os.environ["DEPLOY_CONFIG"])  # noqa: F821 (the same)

base = os.environ["DEPLOY_BASE"]
port, hub_port, proxy_port = os.environ["DEPLOY_PORTS"].split(",")
c.JupyterHub.bind_url = f"http://127.0.0.1:{port}"
c.JupyterHub.hub_port = int(hub_port)
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.command = os.environ["DEPLOY_PROXY"].split("\n")
c.SimpleLocalProcessSpawner.home_dir_template = base + "/home/{username}"
c.Spawner.cmd = [os.environ["DEPLOY_SINGLEUSER"]]
# Tests may run as root, for which a server wants to be asked.
c.Spawner.args = [*c.Spawner.args, "--allow-root"]
c.Spawner.environment = {**c.Spawner.environment, "JUPYTERHUB_SINGLEUSER_APP": os.environ["DEPLOY_APP"]}
