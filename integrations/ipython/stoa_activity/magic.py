"""`%stoa_activity on|off|status`: the only thing here that prints, because somebody asked."""

NAME = "stoa_activity"


def add_magic(shell, reporter):
    def stoa_activity(line=""):
        """%stoa_activity on|off|status: whether this kernel reports to Stoa what is run."""
        wish = line.strip().lower() or "status"
        if wish not in ("on", "off", "status"):
            print("%stoa_activity on, off or status")
            return
        if wish != "status" and reporter.settings.off is None:
            reporter.on = wish == "on"
        print("\n".join(reporter.status()))

    shell.register_magic_function(stoa_activity, "line", NAME)


def remove_magic(shell):
    shell.magics_manager.magics["line"].pop(NAME, None)
