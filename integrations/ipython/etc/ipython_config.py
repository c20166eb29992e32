# /etc/ipython/ipython_config.py, or <environment>/etc/ipython/ipython_config.py: for all kernels and shells there.
c = get_config()  # noqa: F821 (IPython defines it)

c.InteractiveShellApp.extensions.append("stoa_activity")
