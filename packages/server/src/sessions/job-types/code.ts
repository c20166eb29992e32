import { basename } from "node:path";
import { say } from "../sentences.ts";
import type { JobType } from "./contract.ts";
import { findProgram, whyNone } from "./programs.ts";
import { type Argument, commandOf } from "./template.ts";

const PROGRAMS = ["code-server", "openvscode-server"] as const;
const SOCKET: Argument[number] = { place: "socket" };

/** Visual Studio Code in the browser, by code-server or openvscode-server. */
export const code: JobType = {
  id: "code",
  name: "VS Code",
  icon: "code",
  parameters: ["num_cpus", "memory_mb", "time_limit_min"],
  program: "plain",
  web: "program",
  readiness: "listening",
  protection: "unix-socket",
  fails: "on-error-status",
  found: (view) => findProgram(PROGRAMS, view)?.path ?? null,
  missing: (view) => whyNone(PROGRAMS, view, say("code_missing")),
  command: (context) => {
    const { cwd } = context;
    const program = findProgram(PROGRAMS, context)?.path ?? PROGRAMS[0];
    // Without a password of their own, for the reasons that jupyter-lab.ts gives.
    return basename(program) === "openvscode-server"
      ? commandOf([[program], ["--socket-path=", SOCKET], ["--without-connection-token"], ["--default-folder=", cwd]])
      : commandOf([
          ...([[program], ["--socket=", SOCKET], ["--socket-mode=600"], ["--auth=none"]] as const),
          ...[["--disable-telemetry"], ["--disable-update-check"], ["--disable-proxy"], [cwd]],
        ]);
  },
};
