/**
 * What can be told of a session's way and end: the English text, and the code by which the portal tells it in
 * another language. Some of these are written by session hosts, which outlive the server and import nothing of it,
 * and all are kept as text: so a text is recognised by its template. Of two that fit, the first counts.
 */
export const sentences = {
  asked: "Asked for by {actor}.",
  starting: "Its program is being started.",
  running: "Its program runs.",
  ready: "Ready.",
  being_ended: "It is being ended.",
  ended: "It ended.",
  stopping: "Stopped by {actor}. Its processes are being ended.",
  stopped_by_saying: "Stopped by {actor}, who says: {message}",
  stopped_by: "Stopped by {actor}.",
  given_up_lost: "Given up by {actor}: the server {node} does not answer.",
  given_up_stuck: "Given up by {actor}: it could not be ended.",
  given_up_left: "What is left of it is ended as soon as its server can.",
  stopped: "It was stopped.",
  owner_deactivated: "Stopped because the account was deactivated.",
  backup_restored: "A backup was restored.",
  ended_with_status: "Its program ended with status {status}.",
  ended_by_signal: "Its program was ended by {signal}.",
  time_limit_seconds: "It reached its time limit of {seconds} seconds.",
  time_limit_minutes: "It reached its time limit of {minutes} minutes.",
  over_memory: "It took {used} MiB of memory, and {allowed} MiB are allowed.",
  over_processes: "It had {used} processes and threads, and {allowed} are allowed.",
  out_of_memory: "It needed more memory than it may have: it took {used} MiB, and {allowed} MiB are allowed.",
  out_of_processes: "It needed more processes than it may have: it had {used}, and {allowed} are allowed.",
  control_group_gone: "Its control group is not there.",
  not_started: "It could not be started.",
  not_started_because: "It could not be started. {reason}",
  start_cancelled: "The start was cancelled.",
  stray: "It should not have been running.",
  folder_gone: "Its folder in the run directory is gone.",
  data_directory_gone: "The data directory that it ran from is gone.",
  job_type_unknown: "The job type {job_type} is not known here any more.",
  program_missing: "The program {program} is not installed on this machine, or may not be run.",
  program_unseen: "The program {program} lies where sessions can't see it.",
  port_not_kept: "Its port can't be kept from other people here: {reason}.",
  program_failed: "{program} could not be started: {error}.",
  program_not_started: "{program} could not be started.",
  workspace_folder_missing: "The workspace's folder {folder} is not there.",
  processes_left: "{count} of its processes could not be ended.",
  processes_not_ended_yet: "The session's processes could not all be ended yet.",
  session_folder_unwritable: "The session's folder could not be written: {error}.",
  host_late: "The session's host did not start in time.",
  host_not_started: "The session's host could not start.",
  host_not_started_because: "The session's host could not start: {error}",
  own_host_not_started: "Its host could not start: {error}",
  host_failed: "Its host failed: {error}",
  host_ended: "The process that kept the session was ended from outside.",
  machine_shutting_down: "The machine is shutting down, or somebody ended its host.",
  machine_restarted: "The machine was restarted while it ran.",
  host_task_unknown: "There is no task {task}.",
  folder_of_another_account: "Session {job} belongs to another account of this machine (uid {uid}).",
  folder_not_in_order: "Session {job} could not be put in order: {error}",
  disk_full: "The disk was full.",
  platform_fault: "Something went wrong on our side. The operator finds it in the log by this operation's id.",
  server_lost: "The server stopped in the middle of it, as often as it is tried.",
  stopped_idle: "Stopped because idle for {minutes} min.",
  idle_warning: "Nobody has used it for {minutes} min. If nobody does, it will be stopped in {left} min.",
  kept: "{actor} said that it is still wanted.",
  extended: "{actor} extended it by {minutes} min.",
  not_kept_apart:
    "Sessions on this server are not kept apart from each other yet, so only administrators may start them. Where bubblewrap works, or started as root and without STOA_BROKER=off, it keeps them apart (docs/isolation.md); where everybody trusts everybody, an administrator can set STOA_LOCAL_ISOLATION=none.",
  too_many_sessions:
    "You have {live} sessions, and {allowed} at once are allowed (STOA_SESSIONS_PER_PERSON). Stop one first.",
  core_hours_month:
    "This takes {needed} core hours, but {used} of your {allowed} for this month are used or set aside (set by {set_by}). Ask for less time or fewer CPUs. What running sessions set aside and don't use comes back when they end.",
  core_hours_total:
    "This takes {needed} core hours, but {used} of your {allowed} are used or set aside (set by {set_by}). Ask for less time or fewer CPUs. What running sessions set aside and don't use comes back when they end.",
  core_hours_group_month:
    "This takes {needed} core hours, but {used} of the {allowed} of the group {group} for this month are used or set aside (set by {set_by}). Ask for less time or fewer CPUs. What running sessions set aside and don't use comes back when they end.",
  core_hours_group_total:
    "This takes {needed} core hours, but {used} of the {allowed} of the group {group} are used or set aside (set by {set_by}). Ask for less time or fewer CPUs. What running sessions set aside and don't use comes back when they end.",
  memory_short:
    "There is not enough free memory on this machine: the session may take {wanted} MiB, and {free} MiB are free. {used} of {allowed} MiB are used, or kept for sessions that run (STOA_SESSION_MEMORY_RESERVE). Ask for less, or try again when other sessions have ended.",
  preparing_python: "A Python environment is being made.",
  preparing_python_unseen: "A Python environment is being made: {program} lies where sessions can't see it.",
  preparing_packages: "Python packages are being installed: {packages}.",
  preparing_archive: "The environment {archive} is being unpacked.",
  prepare_failed: "Preparing it failed ({status}). {reason} The last that it printed: {lines}",
  prepare_late: "Preparing it took longer than {seconds} seconds. {reason} The last that it printed: {lines}",
  jupyter_unmakeable:
    "JupyterLab is not installed on this machine, and neither uv nor Python is there to make it with.",
  environment_missing: "The environment {folder} is not on this machine, or {program} is not in it.",
  archive_missing: "The archive {archive} is not on this machine, or may not be read.",
  modules_missing: "Environment modules (Lmod) are not set up on this machine.",
  image_missing: "The image {image} is not on this machine, or may not be read.",
  apptainer_missing: "Neither apptainer nor singularity is installed on this machine.",
  code_missing: "Neither code-server nor openvscode-server is installed on this machine.",
  port_not_protected: "{job_type} has to listen on a port, and here that can't be kept from other people: {reason}.",
  no_job_type: "Missing job_type and no default job type set on workspace.",
  job_type_not_offered: "{job_type} is not in the list of available job types.",
  options_refused: "Invalid resource options found: {list}",
  type_for_admins: "{job_type} can be started by administrators only here.",
  type_switched_off: "{job_type} is switched off here for now.",
  host_drained: "No session is started on this machine ({host}) for now; those that run go on.",
  core_hours_none: "You have no core hours. Ask an administrator.",
  core_hours_group_none: "The group {group} has no core hours. Ask an administrator.",
  storage_full:
    "Your storage is full: {used} of {allowed} MiB are used (set by {set_by}, counted {minutes} min ago). Free space at {address} first; no session is needed for that.",
  storage_full_found:
    "Your storage is full: {used} of {allowed} MiB are used (counted {minutes} min ago). Free space at {address} first; no session is needed for that.",
  workspaces_moving:
    "Your workspaces are being moved into your storage. No session starts until that is done; try again later.",
} as const;

export type SentenceCode = keyof typeof sentences;

type Holes<Text extends string> = Text extends `${string}{${infer Hole}}${infer Rest}` ? Hole | Holes<Rest> : never;
type Params<Code extends SentenceCode> = Readonly<Record<Holes<(typeof sentences)[Code]>, string | number>>;

/** A text, and how it can be told in another language; code and params are null for texts of other sources. */
export interface Saying {
  readonly text: string;
  readonly code: SentenceCode | null;
  readonly params: Record<string, string> | null;
}

export interface Told extends Saying {
  /** Of a code whose `{reason}` is a sentence itself. */
  readonly because: Saying | null;
}

/** A sentence in English. */
export function say<Code extends SentenceCode>(
  code: Code,
  ...rest: [Holes<(typeof sentences)[Code]>] extends [never] ? [] : [Params<Code>]
): string {
  const params: Readonly<Record<string, string | number>> = rest[0] ?? {};
  return sentences[code].replace(/\{(\w+)\}/g, (_, hole: string) => String(params[hole]));
}

const patterns = Object.entries(sentences).map(([code, template]) => ({
  code: code as SentenceCode,
  pattern: new RegExp(
    `^${template
      .split(/\{\w+\}/)
      .map(RegExp.escape)
      .join("(.+)")}$`,
    "s",
  ),
  holes: [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ""),
}));

/** Which sentence a text is, whoever wrote it and however long ago. */
export function tell(text: string): Told {
  const told = recognise(text);
  const reason = told.params?.reason;
  return { ...told, because: reason === undefined ? null : recognise(reason) };
}

function recognise(text: string): Saying {
  for (const { code, pattern, holes } of patterns) {
    const values = pattern.exec(text)?.slice(1);
    if (values !== undefined) {
      return { text, code, params: Object.fromEntries(holes.map((hole, at) => [hole, values[at] ?? ""])) };
    }
  }
  return { text, code: null, params: null };
}
