/**
 * What can be wrong with the whole back end: the English text for operators and the log, and the code by which the
 * portal tells it in another language. `{said}` is what a program has said, in its own words.
 */
export const backEndProblems = {
  not_looked_at: "{base} was not looked at yet.",
  program_missing: "The storage host lacks a program: {said}. Install it there.",
  command_ended: "A command did not end on the storage host ({command}): {said}",
  host_down: "The storage host {host} can't be reached ({said}). See that it runs, and that STORAGE_SSH names it.",
  host_key:
    "The storage host {host} has another key than STORAGE_SSH_HOST_KEY says. If it was changed on purpose, set that to the new one, read on the host itself; else somebody stands between. Nothing was sent.",
  host_denied:
    "The storage host {host} lets {user} not in with the key of STORAGE_SSH_KEY_FILE. Put its public half into {user}'s authorized_keys there; it must have no passphrase.",
  host_sessions:
    "The storage host {host} took not one more session ({said}). MaxSessions in its sshd_config has to be 10 or more.",
  host_lost: "The storage host {host} was lost while it worked ({said}); whether {program} was done is not known.",
  broker_failed: "The broker did not do it ({said}). Its log says more.",
  who_unknown: "The storage host's `id` is not understood: {said}",
  unreadable: "{base} can't be looked at: {said}",
  base_missing: "{base} is not there: make it, or mount what belongs there, or name another STORAGE_BASE_PATH.",
  base_link: "{base} is a link. Give what it leads to as STORAGE_BASE_PATH: links are not followed.",
  base_not_a_directory: "{base} is not a directory. Name a directory as STORAGE_BASE_PATH.",
  base_owner: "{base} belongs to uid {uid}, who could put links in it: chown root {base}",
  base_writable: "{base} can be written to by others: chmod go-w {base}",
  base_owner_writable:
    "{base} belongs to uid {uid}, who could put links in it: chown root {base} && can be written to by others: chmod go-w {base}",
  file_system_unknown: "It can't be found out where {base} is mounted: {said}",
  base_read_only: "{base} lies on a file system that is read-only ({target}): see why it is, and remount it.",
  base_elsewhere:
    "{base} lay on the file system mounted at {before}, and now on that at {target}: mount it again. If it was moved there, restart Stoa.",
  base_changing: "{base} is becoming another directory: is it being mounted?",
  // What an unmounted disk leaves behind.
  trash_missing:
    "{base} has no folder {trash}, and there are directories that should be in it: mount what belongs there. If this is the place all the same, make it: {command}",
  own_folder_not_made: "{folder} can't be made by uid {uid}: {said}. Let it write there, or make room.",
  own_folder_not_a_directory: "{folder} is not a directory, and has to be one: move away what stands there.",
  own_folder_elsewhere:
    "{folder} is another file system than {base}: unmount it, or nothing can be moved to and from it.",
  own_folder_owner: "{folder} belongs to uid {uid}, and commands run as uid {self}: chown it to that.",
  project_handed_down: "{folder} hands a project of its own down to what is made in it: `{command}`.",
  enforcement: "STORAGE_ENFORCEMENT is {enforcement}, and can't be: {said} Or set it to auto.",
  zfs_missing: "There is no ZFS on the storage host: `zpool` is missing.",
  zfs_silent:
    "ZFS did not answer in time ({command}): is the pool suspended? `zpool status` on the storage host tells.",
  pool_silent: "The pool {pool} does not answer `zpool status`: is it suspended?",
  pool_missing: "The pool {pool} isn't there ({said}): is ZFS running, and `zpool import {pool}` done?",
  pool_suspended:
    "The pool {pool} is {state}: nothing can be read or written until its disks are back and `zpool clear {pool}` was run.",
  pool_needs_disk: "The pool of {base} is {state}: it works, and a disk needs somebody; `zpool status` tells which.",
  pool_lost_data: "The pool of {base} has lost data ({said}): `zpool status -v` tells what.",
  dataset_missing: "The dataset {base} isn't there ({said}): make it with `zfs create {base}`.",
  dataset_unreadable: "The dataset {base} can't be read.",
  dataset_volume: "{base} is a volume: STORAGE_BASE_PATH has to be a dataset with files.",
  dataset_not_mounted: "{base} is not mounted: mount it with `zfs mount {base}`.",
  dataset_read_only: "{base} is read-only: nothing can be made or changed there.",
} as const;

export type BackEndProblemCode = keyof typeof backEndProblems;
export const BACK_END_PROBLEM_CODES = Object.keys(backEndProblems) as BackEndProblemCode[];

type Holes<Text extends string> = Text extends `${string}{${infer Hole}}${infer Rest}` ? Hole | Holes<Rest> : never;
type Params<Code extends BackEndProblemCode> = [Holes<(typeof backEndProblems)[Code]>] extends [never]
  ? []
  : [Readonly<Record<Holes<(typeof backEndProblems)[Code]>, string | number>>];

/** How a problem can be told in another language. */
export interface ToldBy {
  readonly code: BackEndProblemCode;
  readonly params: Readonly<Record<string, string>>;
}

export interface BackEndProblem {
  /** In English; empty: there is none. */
  readonly text: string;
  /** Null: in no other words than these. */
  readonly toldBy: ToldBy | null;
}

export const NO_PROBLEM: BackEndProblem = { text: "", toldBy: null };

export function backEndProblem<Code extends BackEndProblemCode>(code: Code, ...rest: Params<Code>): BackEndProblem {
  const given: Readonly<Record<string, string | number>> = rest[0] ?? {};
  const params = Object.fromEntries(Object.entries(given).map(([hole, value]) => [hole, String(value)]));
  // By a function: `$&` in what a program said stays as it is.
  const text = backEndProblems[code].replace(/\{(\w+)\}/g, (_, hole: string) => params[hole] ?? "");
  return { text, toldBy: { code, params } };
}

/** An error about the back end: its message is the problem's text. */
export abstract class BackEndError extends Error {
  readonly toldBy: ToldBy | null;

  /** @param problem a text alone where it is never the state's */
  constructor(problem: string | BackEndProblem, options?: { readonly cause?: unknown }) {
    super(typeof problem === "string" ? problem : problem.text, options);
    this.toldBy = typeof problem === "string" ? null : problem.toldBy;
  }

  get problem(): BackEndProblem {
    return { text: this.message, toldBy: this.toldBy };
  }
}
