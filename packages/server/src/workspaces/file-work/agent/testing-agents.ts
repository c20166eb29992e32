import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { pino } from "pino";
import type { Processes } from "../../../platform/processes/contract.ts";
import { createProcesses } from "../../../platform/processes/processes.ts";
import { createTestBroker, type TestBroker } from "../../../platform/processes/testing-broker.ts";
import { createTestDatabase } from "../../../testing/test-database.ts";
import type { FileWork } from "../contract.ts";
import { createAgentFileWork } from "./agent-file-work.ts";

/** File work by agents, on a machine's real accounts. Root only. */
export interface TestAgents {
  readonly files: FileWork;
  readonly broker: TestBroker;
  readonly processes: Processes;
  /** Agents in the order of their start. */
  readonly started: readonly { readonly accountId: number; readonly pid: number; readonly uid: number }[];
  /** A program's start as the person, for `spawn` and `execFile`: before its own name. */
  as(accountId: number): readonly [string, ...string[]];
  workspacePath(accountId: number, workspace: number): string;
  /** Runs a shell script as the person, in a workspace of theirs. */
  shell(accountId: number, workspace: number, script: string): void;
  /** Open descriptors of the person's agent. */
  descriptors(accountId: number): number;
  close(): Promise<void>;
}

/** @param options `storageBase` where people's storage lies, for workspaces inside of it */
export async function createTestAgents(
  options: { readonly most?: number; readonly idleMs?: number; readonly storageBase?: string } = {},
) {
  const { storageBase } = options;
  const inside = storageBase === undefined ? {} : { storageBase };
  const [broker, database] = await Promise.all([createTestBroker(inside), createTestDatabase()]);
  const { dataDir, link, range } = broker;
  const log = pino({ level: "silent" });
  const audit = { record: async () => undefined };
  const processes = createProcesses({ db: database.db, audit, link, range, log });
  const started: { accountId: number; pid: number; uid: number }[] = [];
  const files = createAgentFileWork({
    processes: {
      ...processes,
      async runAgent(accountId) {
        const agent = await processes.runAgent(accountId);
        started.push({ accountId, pid: agent.pid, uid: (await processes.accountOf(accountId)).uid });
        return agent;
      },
    },
    dataDir,
    stagingMark: "mark",
    symlinkRoots: [],
    most: options.most ?? 4,
    idleMs: options.idleMs ?? 60_000,
    log,
  });
  const last = (accountId: number) => {
    const found = started.findLast((agent) => agent.accountId === accountId);
    if (found === undefined) throw new Error(`no agent of ${accountId} has started`);
    return found;
  };
  const workspacePath = (accountId: number, workspace: number) =>
    path.join(dataDir, "workspaces", String(accountId), String(workspace));
  const as = (accountId: number): [string, ...string[]] => {
    const { uid } = last(accountId);
    return ["/usr/bin/setpriv", "--reuid", String(uid), "--regid", String(uid), "--clear-groups", "--"];
  };
  const agents: TestAgents = {
    files,
    broker,
    processes,
    started,
    as,
    workspacePath,
    shell(accountId, workspace, script) {
      const [program, ...args] = as(accountId);
      execFileSync(program, [...args, "sh", "-ec", script], { cwd: workspacePath(accountId, workspace) });
    },
    descriptors: (accountId) => readdirSync(`/proc/${last(accountId).pid}/fd`).length,
    async close() {
      await files.stop();
      await broker.close();
      await database.drop();
    },
  };
  return agents;
}
