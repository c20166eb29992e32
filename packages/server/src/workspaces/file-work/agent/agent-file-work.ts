import path from "node:path";
import type { Logger } from "pino";
import { StoaError } from "../../../platform/errors/stoa-error.ts";
import type { Processes } from "../../../platform/processes/contract.ts";
import type { FileCommands } from "../commands.ts";
import type { FileWork, WorkOptions } from "../contract.ts";
import { createAgentPool, type WorkLength } from "./agent-pool.ts";
import { checkAnswer } from "./answers.ts";
import { type AgentConnection, connectAgent } from "./connection.ts";

const IDLE_MS = 60_000;
/**
 * Milliseconds for a command whose length neither files nor clients decide. An agent that says that it lives and does
 * nothing would hold what waits for it: a transaction's connection, the tidying of everybody's things.
 */
const SHORT_MS = 45_000;
/** Removals that follow other work: they end by themselves, and nothing is gained where they wait. */
const removals = ["discardCopy", "discardStaged", "discardTree"] as const satisfies readonly (keyof FileCommands)[];
/** These take as long as their bytes; whoever calls them has a signal, or waits for nobody else. */
const long: ReadonlySet<string> = new Set<keyof FileCommands>([
  ...([
    "appendUpload",
    "checksumFile",
    "eraseEntry",
    "eraseStored",
    "hashUpload",
    "measureEntry",
    "purgeEntry",
    "receiveTar",
    "receiveTree",
  ] as const),
  ...(["scanWorkspace", "stageCopy", "stageFiles", "stageUpload", "stageWorkspace", "sweepStaging"] as const),
  ...(["discardMoveIn", "emptyAside", "measureMoveIn", "placeMoveIn", "stageMoveIn"] as const),
  ...removals,
  "unpackArchive",
]);
const isRemoval = (name: string) => (removals as readonly string[]).includes(name);

export interface AgentFileWorkOptions {
  readonly processes: Processes;
  /** Absolute. */
  readonly dataDir: string;
  readonly stagingMark: string;
  readonly symlinkRoots: readonly string[];
  /** Where somebody's links may lead besides, by the groups that they are in; left out: nowhere. */
  readonly sharedRoots?: (accountId: number) => Promise<readonly string[]>;
  /** Agents at once at most. */
  readonly most: number;
  readonly idleMs?: number;
  /** Milliseconds for a command that reads and writes no contents. */
  readonly shortMs?: number;
  readonly log: Logger;
}

/** File work by each person's own agent, under their own system account: what there is when the server is root. */
export function createAgentFileWork(options: AgentFileWorkOptions): FileWork {
  const { processes, dataDir, log } = options;
  const rootsOf = async (accountId: number) => (await options.sharedRoots?.(accountId)) ?? [];
  /** What each person's agent was told of their groups' folders. */
  const startedWith = new Map<number, string>();
  /** A group of theirs has got a folder since, or given it up: the next agent is told. */
  const keepUp = async (accountId: number) => {
    const told = startedWith.get(accountId);
    if (told === undefined || told === (await rootsOf(accountId)).join("\0")) return;
    startedWith.delete(accountId);
    pool.retire(accountId);
  };
  const pool = createAgentPool({
    most: options.most,
    idleMs: options.idleMs ?? IDLE_MS,
    log,
    async start(accountId, onIdle) {
      const shared = await rootsOf(accountId);
      startedWith.set(accountId, shared.join("\0"));
      const agent = await processes.runAgent(accountId);
      const connection = await connectAgent(agent.socket, {
        setup: {
          accountId,
          accountFolder: path.join(dataDir, "workspaces", String(accountId)),
          trashFolder: path.join(dataDir, "trash", String(accountId)),
          stagingMark: options.stagingMark,
          symlinkRoots: [...options.symlinkRoots, ...shared],
        },
        onIdle,
        onBroken: (why) => log.warn({ err: why, accountId, pid: agent.pid }, "a person's file agent was lost"),
      }).catch((error: unknown) => {
        void agent.end();
        // The account is there: what ended its agent may be over in a moment.
        throw error;
      });
      // One that was stopped or is stuck does not see that its connection is gone.
      void connection.closed.then(() => agent.end());
      return connection;
    },
  });
  const lengthOf = (name: string): WorkLength => (long.has(name) && !isRemoval(name) ? "long" : "short");
  const inTime = (name: string, io: WorkOptions = {}): WorkOptions => {
    if (long.has(name)) return io;
    const late = AbortSignal.timeout(options.shortMs ?? SHORT_MS);
    return { ...io, signal: io.signal === undefined ? late : AbortSignal.any([io.signal, late]) };
  };
  /** How long it is read is its reader's business; until it begins it is short work. */
  const beginInTime = async (agent: AgentConnection, name: string, args: unknown, io: WorkOptions = {}) => {
    const ending = new AbortController();
    const { signal: late } = ending;
    const giveUp = () => ending.abort(new StoaError("unavailable", { details: { what: "The work on files" } }));
    const patience = setTimeout(giveUp, options.shortMs ?? SHORT_MS);
    const signal = io.signal === undefined ? late : AbortSignal.any([io.signal, late]);
    return await agent.open(name, args, { ...io, signal }).finally(() => clearTimeout(patience));
  };
  const forget = processes.onGroupsChanged((accountId) => pool.retire(accountId));
  return {
    asPerson: true,
    // The types of a name's arguments and answer are the contract's; what came from another process has lost them.
    async run(accountId, name, args, io) {
      await keepUp(accountId);
      const answer = await pool.use(accountId, lengthOf(name), (agent) => agent.run(name, args, inTime(name, io)));
      return checkAnswer(name, answer) as never;
    },
    async open(accountId, name, args, io) {
      await keepUp(accountId);
      const opened = await pool.use(accountId, "long", (agent) => beginInTime(agent, name, args, io));
      try {
        checkAnswer(name, opened.head);
      } catch (error) {
        // Nobody waits for one that lies until it has let go.
        Promise.resolve(opened.bytes[Symbol.asyncDispose]()).catch(() => undefined);
        throw error;
      }
      return opened as never;
    },
    async stop() {
      forget();
      await pool.stop();
    },
  };
}
