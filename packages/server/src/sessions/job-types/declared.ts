import { delimiter, join } from "node:path";
import type { DeclaredType } from "../../config/schema.ts";
import { say } from "../sentences.ts";
import type { JobContext, JobType } from "./contract.ts";
import { findProgram, type View, whyNone } from "./programs.ts";
import { type Argument, commandOf, type Piece } from "./template.ts";

type Env = Readonly<Record<string, string>>;

/** How it is reached follows from when it is ready. */
const WAYS = {
  socket: { web: "program", readiness: "listening", protection: "unix-socket" },
  port: { web: "program", readiness: "listening", protection: "private-network" },
  started: { web: "none", readiness: "started", protection: "no-port" },
} as const satisfies Record<DeclaredType["ready"], Pick<JobType, "web" | "readiness" | "protection">>;

/** A command of the operator's own (docs/job-types.md). Its configuration was checked when it was read. */
export function declared(type: DeclaredType): JobType {
  const { id, name, icon, ready, environment, environmentFolder } = type;
  const bin = environmentFolder === null ? null : join(environmentFolder, "bin");
  const pathOf = (env: Env): string => (bin === null ? "" : bin + delimiter) + (env.PATH ?? "");
  const viewOf = ({ env, sees }: View): View => ({ env: { ...env, PATH: pathOf(env) }, sees });
  return {
    id,
    name,
    icon,
    parameters: type.resources,
    ownParameters: type.parameters,
    program: "plain",
    ...WAYS[ready],
    fails: "on-error-status",
    environment,
    found: (view) => findProgram([type.program], viewOf(view))?.path ?? null,
    missing: (view) => whyNone([type.program], viewOf(view), say("program_missing", { program: type.program })),
    command: (context) => {
      const args = type.args.map(
        (parts): Argument => parts.map((part) => ("text" in part ? part.text : filled(part.hole, context))),
      );
      const command = commandOf([[findProgram([type.program], viewOf(context))?.path ?? type.program], ...args]);
      return bin === null ? command : ["/usr/bin/env", `PATH=${pathOf(context.env)}`, ...command];
    },
  };
}

function filled(hole: string, context: JobContext): Piece {
  switch (hole) {
    case "socket":
    case "port":
      return { place: hole };
    case "base_url":
      return "/";
    case "workspace":
      return context.cwd;
    case "job_id":
      return String(context.jobId);
    default:
      return written(context.options[hole.slice("param.".length)]);
  }
}

/** As one text: lists and groups as JSON. */
function written(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}
