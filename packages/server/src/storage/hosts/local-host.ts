import type { Logger } from "pino";
import type { IdleGroup } from "../../platform/processes/control-groups/idle-group.ts";
import type { MayOwn, Site } from "./command.ts";
import { createCommandHost } from "./command-host.ts";
import type { StorageHost } from "./contract.ts";
import { runCommand } from "./run-command.ts";

/** Commands at a time; disks get no faster by more. */
const WIDTH = 8;

export interface LocalHostOptions {
  readonly backend: Site["backend"];
  /** The base path, absolute, or the base dataset; no slash at the end. */
  readonly base: string;
  /** Left out: anybody but root. */
  readonly mayOwn?: MayOwn;
  /** Where commands go that can wait; null, or left out: nowhere, their nice value has to do. */
  readonly idle?: IdleGroup | null;
  readonly log: Logger;
}

/** This machine, with the rights of this process. */
export function createLocalHost({ log, idle = null, ...options }: LocalHostOptions): StorageHost {
  return createCommandHost({
    ...options,
    width: WIDTH,
    async run(command, limits) {
      const { stopped: _, ...answer } = await runCommand(command, limits, idle);
      log.debug({ program: command.program, code: answer.code }, "storage: ran a command");
      return answer;
    },
  });
}
