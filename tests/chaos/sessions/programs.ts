import { join } from "node:path";
import type { JobContext, JobType } from "../../../packages/server/src/sessions/job-types/contract.ts";

/** In the workspace: lines "<what> <job id> <marker> [<status>]" that programs write themselves. */
export const SIGNS = "signs.txt";

/** Arguments: the file, the job's id, then its own. Every line is one write to a file that is only appended to. */
const SAY = 'say() { printf "%s %s %s %s\\n" "$1" "$ID" "$STOA_JOB" "$2" >> "$FILE"; }; FILE=$1; ID=$2; shift 2;';

/** Goes on until it is ended, with a child of its own. */
const STEADY = `${SAY} say start; while :; do sleep 1; done`;
/** Ends by itself after so many seconds, with a status that the ledger knows. */
const BRIEF = `${SAY} say start; sleep "$1"; say end "$2"; exit "$2"`;
/** Leaves behind what forked away twice, in a session of its own, and ends by itself. */
const FORKER = `${SAY} say start; (setsid sh -c 'setsid sleep 100000 & exit' &); sleep "$1"; say end "$2"; exit "$2"`;
/** Hears no word. */
const STUBBORN = `${SAY} trap "" TERM HUP INT; say start; while :; do sleep 1; done`;
const PREPARE = `${SAY} say prepare; sleep 0.3`;

/** What chaos runs beside terminals, by the job type's name. */
export const PROGRAMS = {
  chaos_steady: STEADY,
  chaos_brief: BRIEF,
  chaos_forker: FORKER,
  chaos_stubborn: STUBBORN,
  chaos_prepared: BRIEF,
} as const;

export type ChaosProgram = keyof typeof PROGRAMS;

/** Ends by itself, if it is let. */
export const ENDS_BY_ITSELF: ReadonlySet<string> = new Set(["chaos_brief", "chaos_forker", "chaos_prepared"]);

export const chaosJobTypes: readonly JobType[] = Object.entries(PROGRAMS).map(([id, script]) => ({
  id,
  name: id,
  icon: "flask",
  parameters: ["num_cpus", "memory_mb", "time_limit_min"],
  program: "plain",
  web: "none",
  readiness: "started",
  protection: "no-port",
  fails: "on-error-status",
  ...(id === "chaos_prepared" ? { prepare: preparation } : {}),
  command: (context: JobContext) => [
    ...shell(script, context),
    String(Number(context.details.seconds ?? 1)),
    String(Number(context.details.status ?? 0)),
  ],
}));

function preparation(context: JobContext) {
  return [{ saying: "Something is made ready.", command: shell(PREPARE, context), timeoutSeconds: 20 }];
}

function shell(script: string, { cwd, jobId }: JobContext): [string, ...string[]] {
  return ["/bin/sh", "-c", script, "chaos", join(cwd, SIGNS), String(jobId)];
}

/** What a terminal's shell runs first: it stands in its workspace. */
export const BASHRC = `printf 'start %s %s \\n' "$STOA_JOB_ID" "$STOA_JOB" >> ${SIGNS}\n`;
