import { delimiter, join } from "node:path";
import type { LaunchRequest, Resource } from "../resources/contract.ts";
import type { JobType } from "./contract.ts";
import type { View } from "./programs.ts";

/** What a session's program gets of our environment. Everything else (keys, passwords, addresses) stays here. */
const PASSED_ON = ["HOME", "LANG", "LC_ALL", "LOGNAME", "SHELL", "TZ", "USER"] as const;
const USUAL_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";

/**
 * The whole environment of a session's program, but for what its host adds (STOA_JOB, STOA_SESSION_SOCKET).
 * @param account whose it runs as; left out: our own
 */
export function sessionEnvironment(
  own: Readonly<Record<string, string | undefined>>,
  job: { readonly id: number; readonly workspaceId: number },
  account?: { readonly name: string; readonly home: string },
): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => {
    const value = own[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    LANG: "C.UTF-8",
    ...Object.fromEntries(passed),
    ...(account === undefined ? {} : homeOf(account)),
    PATH: withoutOurs(own.PATH),
    TERM: "xterm-256color",
    COLORTERM: "truecolor",
    STOA_JOB_ID: String(job.id),
    STOA_WORKSPACE_ID: String(job.workspaceId),
  };
}

/** Why sessions of this type can't run on this machine, for people; null: nothing is known to be missing. */
export function whyMissing(type: JobType, resource: Pick<Resource, "sees">): string | null {
  return type.missing?.(viewOf(type, resource)) ?? null;
}

/** Where the program of this type lies on this machine, as far as that is known; null: nowhere, or not yet. */
export function whereFound(type: JobType, resource: Pick<Resource, "sees">): string | null {
  return type.found?.(viewOf(type, resource)) ?? null;
}

/** As a session of nobody in particular would look. */
function viewOf(type: JobType, resource: Pick<Resource, "sees">): View {
  return { env: sessionEnvironment(process.env, { id: 0, workspaceId: 0 }), sees: sightOf(type, resource) };
}

/** What sessions of this type see of the machine. */
export function sightOf(type: Pick<JobType, "protection">, resource: Pick<Resource, "sees">): View["sees"] {
  return (path) => resource.sees?.(path, listensOf(type)) ?? true;
}

export function listensOf({ protection }: Pick<JobType, "protection">): LaunchRequest["listens"] {
  return protection === "private-network" ? "port" : "socket";
}

/** A home and a temporary directory of the person's own. Their account's shell lets nobody in; this one is for here. */
function homeOf({ name, home }: { readonly name: string; readonly home: string }): Record<string, string> {
  return { HOME: home, USER: name, LOGNAME: name, SHELL: "/bin/bash", TMPDIR: join(home, "tmp") };
}

/**
 * npm puts our own tools before everything: a person's `node` should be theirs. And what is not absolute would begin in
 * each workspace: whose files are run as programs there, others may have given.
 */
function withoutOurs(path: string | undefined): string {
  const folders = (path ?? "")
    .split(delimiter)
    .filter((folder) => folder.startsWith("/") && !/node_modules|node-gyp/.test(folder));
  return folders.length === 0 ? USUAL_PATH : folders.join(delimiter);
}
