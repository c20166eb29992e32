import { basename } from "node:path";
import type { JobType } from "./contract.ts";
import { isProgram, type View } from "./programs.ts";

/** The person's own shell, in the browser. */
export const terminal: JobType = {
  id: "terminal",
  name: "Terminal",
  icon: "terminal",
  parameters: ["num_cpus", "memory_mb", "time_limit_min"],
  program: "pty",
  web: "terminal",
  readiness: "started",
  protection: "unix-socket",
  fails: "never",
  // A prompt that names the whole path fills a phone's line. The person's own .bashrc has the last word.
  environment: { PROMPT_DIRTRIM: "2" },
  found: chooseShell,
  startsInFolders: true,
  command: (context) => inFolder(context.startFolder, [chooseShell(context), "-i"]),
};

/** The folder may have gone since it was asked for: then that is said, and the shell starts in the workspace's own. */
function inFolder(folder: string | null, command: readonly [string, ...string[]]): readonly [string, ...string[]] {
  return folder === null ? command : ["/bin/sh", "-c", 'cd -- "$1"; shift; exec "$@"', "sh", folder, ...command];
}

/** Accounts made for services have a shell that lets nobody in. */
const NO_SHELLS = new Set(["nologin", "false", "true", "sync"]);

function chooseShell({ env, sees }: View): string {
  const choices = [env.SHELL ?? "", "/bin/bash", "/bin/sh"].filter((path) => !NO_SHELLS.has(basename(path)));
  return choices.find((path) => path.startsWith("/") && isProgram(path) && sees(path)) ?? "/bin/sh";
}
