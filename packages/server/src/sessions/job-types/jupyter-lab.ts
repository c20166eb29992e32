import { join } from "node:path";
import type { ProgramEnvironment } from "../../config/schema.ts";
import { INSIDE } from "../host/enclosure/file-view.ts";
import { say } from "../sentences.ts";
import type { JobContext, JobType } from "./contract.ts";
import { preparedEnvironment, unmakeable } from "./prepared-environment.ts";
import { findProgram, findUnseen, isProgram, isReadable, type View, whyNone } from "./programs.ts";

/** Lab where it is there; notebook 6 and 7 else. */
const PROGRAMS = ["jupyter-lab", "jupyter-notebook"] as const;
/** Made at first use where nothing else is configured or installed. */
const OWN = { kind: "packages", python: "python3", packages: ["jupyterlab>=4,<5", "ipykernel"] } as const;
const JUPYTERS: ReadonlySet<string> = new Set(["jupyterlab", "notebook", "jupyter"]);
/** What a page of Lab or of a notebook asks for by itself, every few seconds. */
const POLLS = [
  /^\/(api\/(kernels|sessions|terminals|kernelspecs|contents|me|status|metrics)|lab\/api|lsp)(\/|\?|$)/,
] as const;
/** Set up by whoever runs the cluster, for login shells. */
const MODULE_FILES = ["/etc/profile.d/lmod.sh", "/etc/profile.d/z00_lmod.sh", "/etc/profile.d/modules.sh"] as const;

/**
 * Kernels' own sockets need a path of 107 bytes at most, so their folder is a short one. It is the person's alone:
 * on ports of the machine, which kernels would have otherwise, everybody could listen to what they print.
 *
 * In an enclosure it lies in the session's own /tmp, and goes with it. Else the shell stays to remove it: signals, which
 * all of the session's processes get, wait until Jupyter has ended. What a killed shell left, the next one removes:
 * a folder that somebody uses is locked.
 *
 * Notebook 6 has the same options under another name. Of the parameters nothing is read as a script.
 */
const START = `bin=$1 modules=$2; shift 2
while [ "$modules" -gt 0 ]; do module load "$1" || exit 1; shift; modules=$((modules - 1)); done
[ -z "$bin" ] || PATH=$bin:$PATH
near=\${TMPDIR:-/tmp} stays=yes
[ "\${#near}" -le 40 ] || near=/tmp
case "$STOA_SESSION_SOCKET" in ${INSIDE.sockets}/*) near=/tmp stays= ;; esac
for old in "$near"/jupyter-??????; do
  [ -O "$old" ] && [ -f "$old/.used" ] || continue
  (flock -n 9 && rm -rf "$old") 9<"$old/.used"
done
JUPYTER_RUNTIME_DIR=$(mktemp -d "$near/jupyter-XXXXXX") || exit 1
export PATH JUPYTER_RUNTIME_DIR
program=$1 app=ServerApp root=root_dir; shift
case "$program" in
  *jupyter-notebook)
    case "$("$program" --version)" in [0-6].*) app=NotebookApp root=notebook_dir ;; esac ;;
esac
for option do
  shift
  case "$option" in --App.*) option=--$app.\${option#--App.} ;; esac
  set -- "$@" "$option"
done
set -- "$program" "--$app.sock=$STOA_SESSION_SOCKET" "--$app.$root=$PWD" "$@"
[ "$stays" ] || exec "$@"
exec 9>"$JUPYTER_RUNTIME_DIR/.used"
flock 9
trap : HUP INT TERM
"$@" 9>&-
status=$?
# What follows is not ended by a second signal: a trap is not handed on, to be deaf is.
trap '' HUP INT TERM
rm -rf "$JUPYTER_RUNTIME_DIR"
if [ "$status" -gt 128 ]; then
  trap - HUP INT TERM
  kill -s "$(kill -l "$status")" $$
fi
exit "$status"
`;

/**
 * JupyterLab 3 and 4, or Jupyter Notebook 6 and 7.
 * @param configured null: what is on PATH, else one that is made at first use
 */
export function jupyterLab(configured: ProgramEnvironment | null): JobType {
  const environment = withJupyter(configured);
  return {
    id: "jupyter_lab",
    name: "JupyterLab",
    icon: "jupyter",
    parameters: ["num_cpus", "memory_mb", "time_limit_min", "gpu_enabled"],
    program: "plain",
    web: "program",
    readiness: "listening",
    protection: "unix-socket",
    fails: "on-error-status",
    polls: POLLS,
    found: (view) => {
      const { program } = placeOf(environment, view);
      return isProgram(program) ? program : null;
    },
    missing: (view) => missing(environment, view),
    prepare: (context) => prepared(environment, context)?.steps ?? [],
    command: (context) => {
      const { bin, program, modules } = placeOf(environment, context);
      const shell: [string, ...string[]] = modules.length === 0 ? ["/bin/sh"] : ["/bin/bash", "-l"];
      const counted = [String(modules.length), ...modules];
      return [...shell, "-c", START, "jupyter", bin, ...counted, program, ...options(context)];
    },
  };
}

/** Whoever lists only their own packages means them beside Jupyter. */
function withJupyter(environment: ProgramEnvironment | null): ProgramEnvironment | null {
  if (environment?.kind !== "packages" || namesOf(environment).some((name) => JUPYTERS.has(name))) return environment;
  return { ...environment, packages: [...OWN.packages, ...environment.packages] };
}

/** The environment that has to be made; null: none. */
function prepared(environment: ProgramEnvironment | null, view: View) {
  if (environment === null) return findProgram(PROGRAMS, view) === null ? ownEnvironment(view) : null;
  const isMade = environment.kind === "packages" || environment.kind === "archive";
  return isMade ? preparedEnvironment(environment, view) : null;
}

/** Says of one that is installed why it does not count. */
function ownEnvironment(view: View) {
  const unseen = findUnseen(PROGRAMS, view);
  if (unseen === null) return preparedEnvironment(OWN, view);
  return preparedEnvironment(OWN, view, say("preparing_python_unseen", { program: unseen.path }));
}

interface Place {
  /** Before all others on PATH; empty: nothing. */
  readonly bin: string;
  readonly program: string;
  readonly modules: readonly string[];
}

function placeOf(environment: ProgramEnvironment | null, view: View): Place {
  if (environment?.kind === "modules") return { bin: "", program: "jupyter-lab", modules: environment.modules };
  const made = prepared(environment, view);
  const folder = made?.folder ?? (environment?.kind === "folder" ? environment.folder : null);
  if (folder === null) return { bin: "", program: findProgram(PROGRAMS, view)?.path ?? PROGRAMS[0], modules: [] };
  const bin = join(folder, "bin");
  return { bin, program: join(bin, made === null ? programIn(bin, view) : programOf(environment ?? OWN)), modules: [] };
}

function programIn(bin: string, view: View): string {
  return findProgram(PROGRAMS, { ...view, env: { PATH: bin } })?.name ?? PROGRAMS[0];
}

function programOf(environment: ProgramEnvironment): string {
  const names = "packages" in environment ? namesOf(environment) : [];
  return names.includes("notebook") && !names.includes("jupyterlab") ? PROGRAMS[1] : PROGRAMS[0];
}

function namesOf({ packages }: { readonly packages: readonly string[] }): string[] {
  return packages.map((one) => /^[\w.-]*/.exec(one)?.[0] ?? "");
}

function missing(environment: ProgramEnvironment | null, view: View): string | null {
  if (environment === null) {
    const why = unmakeable(OWN, view);
    return why === null ? null : whyNone(PROGRAMS, view, why);
  }
  switch (environment.kind) {
    case "folder": {
      const { folder } = environment;
      const inside = { ...view, env: { PATH: join(folder, "bin") } };
      return whyNone(PROGRAMS, inside, say("environment_missing", { folder, program: PROGRAMS[0] }));
    }
    case "modules":
      return MODULE_FILES.some((file) => isReadable(file, view)) ? null : say("modules_missing");
    default:
      return unmakeable(environment, view);
  }
}

/**
 * No token of Jupyter's own: its socket lies in a folder that only the person and the server get into, and the
 * server lets only them through, by a ticket and a cookie of their own. A token would be one more secret in addresses,
 * logs and the process list. Its checks of Host, Origin and XSRF stay on, for the session's own origin.
 */
function options({ hosts, origin }: JobContext): string[] {
  const ours = {
    base_url: "/",
    token: "",
    password: "",
    open_browser: "False",
    // Root's sessions are root's: who starts Stoa so without accounts was told.
    allow_root: "True",
    sock_mode: "0600",
    allow_remote_access: "False",
    local_hostnames: `[${hosts.map((host) => `'${host}'`).join(",")}]`,
    allow_origin: origin ?? "",
    allow_origin_pat: "",
    disable_check_xsrf: "False",
  };
  const all = Object.entries(ours).map(([name, value]) => `--App.${name}=${value}`);
  return [...all, "--IdentityProvider.token=", "--KernelManager.transport=ipc"];
}
