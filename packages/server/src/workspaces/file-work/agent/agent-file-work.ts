import path from "node:path";
import type { Logger } from "pino";
import type { Processes } from "../../../platform/processes/contract.ts";
import type { FileWork } from "../contract.ts";
import { createAgentPool } from "./agent-pool.ts";
import { connectAgent } from "./connection.ts";

const IDLE_MS = 60_000;

export interface AgentFileWorkOptions {
  readonly processes: Processes;
  /** Absolute. */
  readonly dataDir: string;
  readonly stagingMark: string;
  readonly symlinkRoots: readonly string[];
  /** Agents at once at most. */
  readonly most: number;
  readonly idleMs?: number;
  readonly log: Logger;
}

/** File work by each person's own agent, under their own system account: what there is when the server is root. */
export function createAgentFileWork(options: AgentFileWorkOptions): FileWork {
  const { processes, dataDir, log } = options;
  const pool = createAgentPool({
    most: options.most,
    idleMs: options.idleMs ?? IDLE_MS,
    log,
    async start(accountId, onIdle) {
      const agent = await processes.runAgent(accountId);
      const connection = await connectAgent(agent.socket, {
        setup: {
          accountId,
          accountFolder: path.join(dataDir, "workspaces", String(accountId)),
          trashFolder: path.join(dataDir, "trash", String(accountId)),
          stagingMark: options.stagingMark,
          symlinkRoots: options.symlinkRoots,
        },
        onIdle,
        onBroken: (why) => log.warn({ err: why, accountId, pid: agent.pid }, "a person's file agent was lost"),
      }).catch((error: unknown) => {
        void agent.end();
        throw error;
      });
      // One that was stopped or is stuck does not see that its connection is gone.
      void connection.closed.then(() => agent.end());
      return connection;
    },
  });
  const forget = processes.onGroupsChanged((accountId) => pool.retire(accountId));
  return {
    asPerson: true,
    // The types of a name's arguments and answer are the contract's; what came from another process has lost them.
    run: async (accountId, name, args, io) =>
      (await pool.use(accountId, (agent) => agent.run(name, args, io))) as never,
    open: async (accountId, name, args, io) =>
      (await pool.use(accountId, (agent) => agent.open(name, args, io))) as never,
    async stop() {
      forget();
      await pool.stop();
    },
  };
}
