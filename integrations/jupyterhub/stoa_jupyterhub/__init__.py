"""People's directories in Stoa, made and checked before JupyterHub starts a server."""

from .hook import Directory, StoaStorage
from .refusal import SpawnRefused

__all__ = ["Directory", "SpawnRefused", "StoaStorage"]
__version__ = "0.1.0"
