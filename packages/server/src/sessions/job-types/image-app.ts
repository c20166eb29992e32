import { say } from "../sentences.ts";
import type { JobType } from "./contract.ts";
import { findProgram, isReadable, whyNone } from "./programs.ts";
import { commandOf } from "./template.ts";

const PROGRAMS = ["apptainer", "singularity"] as const;
/** Where the image finds the workspace. */
const DATA = "/data";

/**
 * A program in an Apptainer image that is given a port and a data directory, by options and by its environment. Of the
 * machine it sees the workspace.
 * @param image absolute
 */
export function imageApp({ id, name, icon }: Pick<JobType, "id" | "name" | "icon">, image: string): JobType {
  return {
    id,
    name,
    icon,
    parameters: ["num_cpus", "memory_mb", "time_limit_min", "gpu_enabled"],
    program: "plain",
    web: "program",
    readiness: "listening",
    protection: "private-network",
    fails: "on-error-status",
    found: (view) => findProgram(PROGRAMS, view)?.path ?? null,
    missing: (view) =>
      whyNone(PROGRAMS, view, say("apptainer_missing")) ??
      (isReadable(image, view) ? null : say("image_missing", { image })),
    command: ({ cwd, options, ...view }) =>
      commandOf([
        [findProgram(PROGRAMS, view)?.path ?? PROGRAMS[0]],
        ...[["run"], ["--cleanenv"], ["--no-home"], ...(options.gpu_enabled === true ? [["--nv"]] : [])],
        // `--mount`, not `--bind`: in that a colon or a comma of a folder's name would mean something.
        ...[["--mount"], [`type=bind,"source=${cwd.replaceAll('"', '""')}",target=${DATA}`], ["--pwd"], [DATA]],
        ...([["--env"], ["PORT=", { place: "port" }], ["--env"], [`DATA_DIR=${DATA}`]] as const),
        [image],
        ...([["--host=127.0.0.1"], ["--port=", { place: "port" }], [`--data-dir=${DATA}`]] as const),
      ]),
  };
}
