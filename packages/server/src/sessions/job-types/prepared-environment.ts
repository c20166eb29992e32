import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { ProgramEnvironment } from "../../config/schema.ts";
import type { PrepareStep } from "../host/job-file.ts";
import { say } from "../sentences.ts";
import { findProgram, isReadable, type View, whyNone } from "./programs.ts";

type Made = Extract<ProgramEnvironment, { kind: "packages" | "archive" }>;

/** Seconds: packages come over the network, and some are large. */
const MAKING = 900;
const INSTALLING = 3600;
/** Characters of a list of packages that are told. */
const TOLD = 200;

/**
 * Each step holds the environment's lock and looks again once it has it: of sessions that begin at the same time one
 * makes it, and the others wait. A mark is written last, and what was begun without coming to that is made anew.
 * Everything that varies is a parameter; the script is always the same.
 */
const SCRIPT = `set -eu
what=$1 place=$2 tool=$3 from=$4; shift 4
umask 077
mkdir -p "\${place%/*}"
exec 9>"$place.lock"
flock 9
make() {
  rm -rf "$place"
  case "$tool" in
    uv) uv venv --quiet --python "$from" "$place" ;;
    venv) "$from" -m venv "$place" ;;
    tar) unpack ;;
  esac
  : > "$place/.stoa-made"
}
unpack() {
  mkdir "$place"
  tar --extract --no-same-owner --file "$from" --directory "$place"
  if [ ! -d "$place/bin" ]; then
    for inner in "$place"/*/bin; do
      [ -d "$inner" ] || continue
      rm -rf "$place.inner"
      mv "\${inner%/bin}" "$place.inner"; rm -rf "$place"; mv "$place.inner" "$place"
      break
    done
  fi
  if [ -x "$place/bin/conda-unpack" ]; then PATH="$place/bin:$PATH" "$place/bin/conda-unpack"; fi
}
install() {
  if [ "$tool" = uv ]; then uv pip install --quiet --python "$place/bin/python" -- "$@"
  else "$place/bin/python" -m pip install --disable-pip-version-check --no-input --progress-bar off -- "$@"
  fi
}
case "$what" in
  make) [ -e "$place/.stoa-made" ] || make ;;
  install)
    [ ! -e "$place/.stoa-ready" ] || exit 0
    [ -e "$place/.stoa-made" ] && [ ! -e "$place/.stoa-installing" ] || make
    : > "$place/.stoa-installing"
    [ $# -eq 0 ] || install "$@"
    sync -f "$place" || :
    mv "$place/.stoa-installing" "$place/.stoa-ready" ;;
esac
`;

/** An environment that is made in the person's home before a program of it can run. */
export interface PreparedEnvironment {
  /** Absolute. */
  readonly folder: string;
  readonly steps: readonly PrepareStep[];
}

/**
 * The same for whoever asks for the same, in one home.
 * @param view of the session
 * @param because what is told of a Python environment; left out: that it is made
 */
export function preparedEnvironment(made: Made, view: View, because = say("preparing_python")): PreparedEnvironment {
  const tool = made.kind === "archive" ? "tar" : findProgram(["uv"], view) === null ? "venv" : "uv";
  const from = made.kind === "archive" ? made.archive : made.python;
  const told = made.packages.join(", ");
  const folder = join(view.env.HOME ?? "/", ".stoa/environments", hashOf([tool, identityOf(made), made.packages]));
  const step = (what: "make" | "install", packages: readonly string[]): PrepareStep["command"] => [
    ...(["/bin/sh", "-c", SCRIPT, "prepare", what, folder, tool, from] as const),
    ...packages,
  ];
  const make: PrepareStep = {
    saying: made.kind === "archive" ? say("preparing_archive", { archive: made.archive }) : because,
    command: step("make", []),
    unless: join(folder, ".stoa-made"),
    timeoutSeconds: made.kind === "archive" ? INSTALLING : MAKING,
  };
  const install: PrepareStep = {
    saying: say("preparing_packages", { packages: told.length > TOLD ? `${told.slice(0, TOLD)}…` : told }),
    command: step("install", made.packages),
    unless: join(folder, ".stoa-ready"),
    timeoutSeconds: INSTALLING,
  };
  return { folder, steps: made.packages.length === 0 ? [make] : [make, install] };
}

/** Why it can't be made here; null: nothing is known to be in the way. */
export function unmakeable(made: Made, view: View): string | null {
  if (made.kind === "archive") {
    return isReadable(made.archive, view) ? null : say("archive_missing", { archive: made.archive });
  }
  const { python } = made;
  // A name of Python's uv can also download.
  return isAbsolute(python)
    ? whyNone([python], view, say("program_missing", { program: python }))
    : whyNone(["uv", python], view, say("jupyter_unmakeable"));
}

/** An archive that was replaced is another one. */
function identityOf(made: Made): unknown {
  if (made.kind === "packages") return made.python;
  const found = statSync(made.archive, { throwIfNoEntry: false });
  return [made.archive, found?.size, found?.mtimeMs];
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}
