"""
JupyterHub beside Stoa. docs/jupyterhub.md explains it; deploy/compose.yaml sets its environment:

    JUPYTERHUB_API_TOKEN     of Stoa's service, the same as Stoa's JUPYTERHUB_API_TOKEN
    API_KEY                  Stoa's, for people's directories
    STOA_INTERNAL_URL        Stoa as JupyterHub and people's servers reach it
    STOA_PUBLIC_URL          Stoa as people reach it
    JUPYTERHUB_SPAWNER       docker: a container each · process: processes of this account, to try things out
    JUPYTERHUB_AUTHENTICATOR who may sign in here; null: nobody, people come from Stoa
    JUPYTERHUB_NAMED_SERVERS on: several servers each; Stoa has a setting of the same name
    JUPYTERHUB_QUOTA         of a new directory ("10GiB"; none)
    STORAGE_BASE_PATH        the same as Stoa's (/srv/storage); with docker as Docker's host sees it
    JUPYTERHUB_IMAGE, JUPYTERHUB_NETWORK  what people's containers are made from, and where they are
    JUPYTERHUB_TOKEN_CACHE   seconds for which a server goes on taking a revoked token (30)
    JUPYTERHUB_DATA          the hub's own database and cookie secret: a directory that is there (/srv/jupyterhub)
    JUPYTERHUB_BIND          where people reach it (docker: http://:8000 · process: http://127.0.0.1:8000)
    JUPYTERHUB_HUB_PORT, JUPYTERHUB_PROXY_PORT  between the hub, its proxy and its servers (8081, 8001)
"""

import os
from urllib.parse import urlsplit

from stoa_jupyterhub import SpawnRefused, StoaStorage

c = get_config()  # noqa: F821 (JupyterHub defines it)


def needed(name, least=1):
    """From the environment; JupyterHub doesn't start without. `least`: characters."""
    value = os.environ.get(name, "")
    if len(value) < least:
        given = f"has {len(value)} characters, and needs {least}" if value else "is not set"
        raise SystemExit(f"{name} {given}. Set it in .env (deploy/make-env.sh makes one) and start again.")
    return value


def setting(name, default, *allowed):
    """An empty one counts as not set, as compose passes it on."""
    value = os.environ.get(name) or default
    if allowed and value not in allowed:
        raise SystemExit(f"{name} is {value!r}; it can be {', '.join(allowed)}.")
    return value


def port(name, default):
    """Of this machine's, as text in .env."""
    value = setting(name, default)
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
        raise SystemExit(f"{name} is {value!r}; it is a port, 1 to 65535.")
    return int(value)


def address(name, default):
    """http://, a host or none (all of this machine's addresses), and a port."""
    value = setting(name, default)
    try:
        parts = urlsplit(value)
        fits = parts.scheme == "http" and parts.port
    except ValueError:
        fits = False
    if not fits:
        raise SystemExit(f"{name} is {value!r}; it is an address like {default}, with the port.")
    return value


SPAWNER = setting("JUPYTERHUB_SPAWNER", "docker", "docker", "process")
STOA = setting("STOA_INTERNAL_URL", "http://stoa:8080")
BASE = setting("STORAGE_BASE_PATH", "/srv/storage")
DATA = setting("JUPYTERHUB_DATA", "/srv/jupyterhub")
# A container's port is let out by compose.yaml, on loopback; without one the network is not let in unasked.
BIND = address("JUPYTERHUB_BIND", "http://:8000" if SPAWNER == "docker" else "http://127.0.0.1:8000")

# ---- Stoa's service -------------------------------------------------------------------------------------------------
# No `admin: True`: that would be every scope there is. What is off without one is in docs/jupyterhub.md.

c.JupyterHub.services = [{"name": "stoa", "api_token": needed("JUPYTERHUB_API_TOKEN", 32)}]
c.JupyterHub.load_roles = [
    {
        "name": "stoa",
        "description": "What Stoa does for people and administrators",
        "services": ["stoa"],
        "scopes": [
            "list:users",  # pages of all users: who has a server, for the poller and the list of servers
            "read:users",  # a person's name and servers: each launch, the dashboard, linking, whose a server's token is
            "read:users:activity",  # when something happened last: idle stop, and what the pages show
            "read:servers",  # a server's state, and its progress while it starts
            "users",  # nothing by itself: without `admin:users` it still looks people up and lists them
            "admin:users",  # makes a person's hub user at registration or launch, deletes it with their account
            "servers",  # starts and stops servers: launch, stop, idle stop
            "admin:servers",  # nothing by itself: the old portal's set-up had it; can go where this token is Stoa's
            "access:servers",  # asks a server itself what it does: its kernels and terminals, for idle stop
            "tokens",  # the token that a person lands in their server with; lists, revokes and sweeps them
        ],
    }
]

# One server each, without a name, unless both sides are told otherwise.
c.JupyterHub.allow_named_servers = setting("JUPYTERHUB_NAMED_SERVERS", "off", "on", "off") == "on"

# Figures about the hub as a whole (requests, spawns; no names), for a Prometheus without a token of the hub's. Nothing
# else leads to them: put a proxy that refuses /hub/metrics in front where they are nobody's business.
c.JupyterHub.authenticate_prometheus = False

# No idle culler here, and none in the servers: Stoa stops what is idle (JUPYTERHUB_IDLE_MINUTES), warns first, and says
# why. Two of them would stop servers that one of them has promised to keep.

# ---- Who comes in ---------------------------------------------------------------------------------------------------
# People sign in at Stoa and land here with a token for their own server. Nobody can take a name by signing up here, and
# a server's "sign in" leads to a page that says no instead of in a circle.

c.JupyterHub.authenticator_class = setting("JUPYTERHUB_AUTHENTICATOR", "null")
# Newer hubs want to be told; whom an authenticator lets in that an operator has chosen may come in.
c.Authenticator.allow_all = True

# ---- Where it listens and what it keeps -----------------------------------------------------------------------------

c.JupyterHub.bind_url = BIND
c.JupyterHub.hub_port = port("JUPYTERHUB_HUB_PORT", "8081")
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{port('JUPYTERHUB_PROXY_PORT', '8001')}"
c.JupyterHub.db_url = f"sqlite:///{DATA}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = f"{DATA}/jupyterhub_cookie_secret"
c.ConfigurableHTTPProxy.pid_file = f"{DATA}/jupyterhub-proxy.pid"
# Answer a start at once: Stoa follows the progress.
c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 0}
# Servers outlive a restart of the hub: it finds them again.
c.JupyterHub.cleanup_servers = False

# ---- People's directories -------------------------------------------------------------------------------------------


def directory_name(spawner):
    """People's names may have dots, directories' not. Hub users are lower case: nobody else comes to this one."""
    return spawner.user.name.replace(".", "-DOT-")


storage = StoaStorage(
    STOA,
    # The key comes by the environment; API_KEY is what Stoa calls it.
    key_env="API_KEY",
    quota=os.environ.get("JUPYTERHUB_QUOTA") or None,
    name=directory_name,
    portal=setting("STOA_PUBLIC_URL", STOA),
)


async def prepare(spawner):
    # Makes the directory, or refuses the spawn with the reason for the person.
    directory = await storage(spawner)
    if SPAWNER == "docker":
        spawner.volumes = {f"{BASE}/{directory.name}": {"bind": "/home/jovyan/work", "mode": "rw"}}
        spawner.notebook_dir = "/home/jovyan/work"
        return
    path = f"{BASE}/{directory.name}"
    # Stoa has made it where its own setting says. Without this the server would start, end at once, and say nothing.
    if not os.path.isdir(path):
        problem = f"{path}: no such directory: is STORAGE_BASE_PATH the same as Stoa's?"
        spawner.log.error(problem)
        raise SpawnRefused(problem)
    spawner.notebook_dir = path


c.Spawner.pre_spawn_hook = prepare

# ---- People's servers -----------------------------------------------------------------------------------------------

c.Spawner.environment = {
    # People land in their server with a token in the address, which it trades for a cookie at once. JupyterHub 5 and
    # later ignore it unless told so, and would send them to the hub's own sign-in.
    "JUPYTERHUB_ALLOW_TOKEN_IN_URL": "1",
    # What kernels run is reported there, with the server's own token, by the extension that the image has
    # (integrations/ipython). STOA_ACTIVITY=off in .env: not at all.
    "STOA_URL": STOA,
    "STOA_ACTIVITY": os.environ.get("STOA_ACTIVITY", ""),
}
# A server asks the hub again after so long whether a token is still good. The default is five minutes, and so long a
# token that was revoked would go on working.
cache = int(setting("JUPYTERHUB_TOKEN_CACHE", "30"))
c.Spawner.args = [f"--HubOAuth.cache_max_age={cache}"]
# Seconds till a server answers; containers that are pulled first take longer.
c.Spawner.start_timeout = 180
c.Spawner.http_timeout = 60

if SPAWNER == "docker":
    c.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"
    c.DockerSpawner.image = setting("JUPYTERHUB_IMAGE", "stoa-singleuser")
    c.DockerSpawner.network_name = setting("JUPYTERHUB_NETWORK", "stoa_servers")
    c.DockerSpawner.use_internal_ip = True
    # A container outlives its server otherwise, and keeps the mounts and the environment that it was made with.
    c.DockerSpawner.remove = True
    # No more than an account without sudo may.
    c.DockerSpawner.extra_host_config = {"cap_drop": ["ALL"], "security_opt": ["no-new-privileges"]}
    # Where containers reach the hub: by its name in compose.yaml.
    c.JupyterHub.hub_ip = "0.0.0.0"
    c.JupyterHub.hub_connect_ip = "jupyterhub"
else:
    c.JupyterHub.spawner_class = "simple"
    c.JupyterHub.hub_ip = "127.0.0.1"
    c.Spawner.ip = "127.0.0.1"
