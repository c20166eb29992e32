"""IPython's shell as far as the extension sees it, for machines without IPython; strict where IPython is."""

import types


class ShellDouble:
    def __init__(self):
        self.events = _Events()
        self.magics_manager = types.SimpleNamespace(magics={"line": {}, "cell": {}})
        self.execution_count = 0
        # What a callback let out: IPython prints it into the cell.
        self.printed = self.events.printed

    def register_magic_function(self, function, magic_kind="line", magic_name=None):
        self.magics_manager.magics[magic_kind][magic_name] = function

    def run(self, code, error=None, before_it=None, body=lambda: None, store_history=True):
        """`run_cell`: the events around it as IPython 7 to 9 send them."""
        info = types.SimpleNamespace(raw_cell=code, store_history=store_history, silent=False, cell_id=None)
        result = types.SimpleNamespace(
            info=info, execution_count=None, error_before_exec=before_it, error_in_exec=error, result=None
        )
        try:
            # Of a blank cell only the end is told.
            if not code or code.isspace():
                return result
            self.events.trigger("pre_run_cell", info)
            if store_history:
                self.execution_count += 1
                result.execution_count = self.execution_count
            body()
            return result
        finally:
            self.events.trigger("post_run_cell", result)


class _Events:
    NAMES = ("pre_execute", "pre_run_cell", "post_execute", "post_run_cell", "shell_initialized")

    def __init__(self):
        self.callbacks = {name: [] for name in self.NAMES}
        self.printed = []

    def register(self, event, function):
        if not callable(function):
            raise TypeError("Need a callable")
        if function not in self.callbacks[event]:
            self.callbacks[event].append(function)

    def unregister(self, event, function):
        if function not in self.callbacks[event]:
            raise ValueError(f"{function!r} is not registered as a {event} callback")
        self.callbacks[event].remove(function)

    def trigger(self, event, *args):
        for function in self.callbacks[event][:]:
            try:
                function(*args)
            except (Exception, KeyboardInterrupt) as problem:
                self.printed.append(problem)
