import type { Socket } from "node:net";
import path from "node:path";
import { openControlGroups } from "../control-groups/control-groups.ts";
import { type Answers, BrokerRefusal, readVerb, type Started, type Verb, type VerbName } from "../verbs.ts";
import { createSystemAccounts } from "./accounts.ts";
import { endSession } from "./end-session.ts";
import { createErrands } from "./errands.ts";
import type { BrokerGround } from "./ground.ts";
import { lentNumbers, tellLent } from "./lent-numbers.ts";
import { createPlaces } from "./places.ts";
import { type Child, runAs } from "./run-as.ts";

/** Memory of an agent and of a session host, in MiB: what a person's own process may not grow beyond. */
const AGENT_MEMORY = "--max-old-space-size=256";
const HOST_MEMORY = "--max-old-space-size=128";

/** Characters of a refused message that the log gets: it may be of any length. */
const LONGEST_TOLD = 400;

const FULL: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT"]);

/** What does a verb, for one asker. */
export interface Broker {
  /**
   * @param message as it came
   * @param onEnded told when a process that the verb started has ended
   * @throws BrokerRefusal
   */
  perform(message: unknown, socket: Socket | undefined, onEnded: OnEnded): Promise<Answers[VerbName]>;
  /** By what sessions are held to their limits here, for the start's report; null: by their hosts alone. */
  readonly limits: "v2" | "v1" | null;
  /** Ends all sessions and removes their control groups: for tests, and for who takes an installation away. */
  removeSessions(): Promise<void>;
}

export type OnEnded = (process: number, end: { readonly code: number | null; readonly said: string }) => void;

/** Makes the broker, after the directories that it works below. Only root can. */
export async function createBroker(ground: BrokerGround): Promise<Broker> {
  const accounts = createSystemAccounts(ground);
  const places = createPlaces(ground);
  await places.prepare();
  await tellLent(ground, await lentNumbers());
  const children = new Map<number, Child>();
  /** One at a time for a person: two that make the same directories would meet. */
  const turns = new Map<number, Promise<unknown>>();
  const { programs, log } = ground;
  const spool = path.join(ground.dataDir, "run");
  const groups = openControlGroups(ground.installation, log);
  log.info({ limits: groups?.limits ?? "watching" }, "broker: what keeps sessions to their share");
  void groups?.sweep();
  const errands = createErrands(ground.storage);
  let lastProcess = 0;

  async function inTurn<T>(uid: number, work: () => Promise<T>): Promise<T> {
    const before = turns.get(uid) ?? Promise.resolve();
    const mine = before.then(work, work);
    turns.set(uid, mine);
    try {
      return await mine;
    } finally {
      if (turns.get(uid) === mine) turns.delete(uid);
    }
  }

  function keep(child: Child, onEnded: OnEnded): Started {
    lastProcess += 1;
    const number = lastProcess;
    children.set(number, child);
    void child.ended.then((end) => {
      children.delete(number);
      onEnded(number, end);
    });
    return { pid: child.pid, process: number };
  }

  async function runAgent(verb: Verb & { verb: "run_agent" }, socket: Socket | undefined, onEnded: OnEnded) {
    if (socket === undefined) throw new BrokerRefusal("refused", "an agent needs a connection");
    const account = await accounts.require(verb);
    if (!(await places.has(verb))) throw new BrokerRefusal("refused", "the person's directories are not theirs yet");
    const command = [programs.node, AGENT_MEMORY, programs.agent] as const;
    return keep(await runAs(spool, { account, command, socket, locked: true }), onEnded);
  }

  async function runSession(verb: Verb & { verb: "run_session" }, onEnded: OnEnded): Promise<Started> {
    const account = await accounts.require(verb);
    if (!(await places.has(verb))) throw new BrokerRefusal("refused", "the person's directories are not theirs yet");
    const folder = await inTurn(verb.uid, () => places.ensureRunFolder(verb.uid, verb.job));
    const { input } = verb;
    if (verb.task !== "host") {
      const command = [programs.node, HOST_MEMORY, programs.sessionTask, folder, verb.task] as const;
      return keep(await runAs(spool, { account, command, input, locked: true }), onEnded);
    }
    const group = verb.share ? (groups?.make(groupOf(verb), verb.share, verb.uid) ?? null) : null;
    const told = JSON.stringify(group);
    const command = [programs.node, HOST_MEMORY, programs.sessionHost, folder, "described", told] as const;
    const child = await runAs(spool, { account, command, input, locked: false, groups: group?.host ?? [] });
    void child.ended.then(() => groups?.hostEnded(groupOf(verb)));
    return keep(child, onEnded);
  }

  async function carryOut(verb: Verb, socket: Socket | undefined, onEnded: OnEnded): Promise<Answers[VerbName]> {
    switch (verb.verb) {
      case "ensure_account":
        return inTurn(verb.uid, async () => {
          const { name, home } = await accounts.ensure(verb);
          await places.ensure(verb);
          return { name, home };
        });
      case "sync_groups":
        await accounts.setGroups(verb, verb.gids);
        return null;
      case "run_agent":
        return runAgent(verb, socket, onEnded);
      case "run_session":
        return runSession(verb, onEnded);
      case "end_session":
        await accounts.require(verb);
        return endSession(groups, { ...verb, group: groupOf(verb) });
      case "house":
        await accounts.require(verb);
        return inTurn(verb.uid, () => places.house(verb, verb.name));
      case "unhouse":
        await accounts.require(verb);
        await inTurn(verb.uid, () => places.unhouse(verb));
        return null;
      case "move_in":
        await accounts.require(verb);
        return inTurn(verb.uid, () => places.moveIn(verb, verb.name));
      case "open_aside":
        await accounts.require(verb);
        return inTurn(verb.uid, async () => ({ found: await places.openAside(verb) }));
      case "remove_aside":
        await accounts.require(verb);
        return inTurn(verb.uid, async () => ({ gone: await places.removeAside(verb) }));
      case "end":
        children.get(verb.process)?.kill();
        return null;
      case "storage":
        return errands.run(verb.call, verb.request);
      case "storage_abort":
        errands.abort(verb.call);
        return null;
    }
  }

  return {
    limits: groups?.limits ?? null,
    removeSessions: async () => groups?.removeAll(),
    async perform(message, socket, onEnded) {
      const begun = Date.now();
      try {
        const verb = readVerb(message, ground.range);
        const answer = await carryOut(verb, socket, onEnded);
        // Of storage its errand tells: there are many, and long ones.
        if (!isStorage(verb))
          log.info({ ...toldOf(verb), ...(answer as object), ms: Date.now() - begun }, "broker: done");
        return answer;
      } catch (error) {
        socket?.destroy();
        log.warn(
          { asked: JSON.stringify(toldOf(message)).slice(0, LONGEST_TOLD), why: (error as Error).message },
          "broker: refused",
        );
        if (error instanceof BrokerRefusal) throw error;
        const isFull = FULL.has(String((error as NodeJS.ErrnoException).code));
        throw new BrokerRefusal(isFull ? "full" : "failed", String(error), { cause: error });
      }
    },
  };
}

/** By its person's number: nobody ends, nor gets, another's. */
function groupOf({ uid, job }: { readonly uid: number; readonly job: number }): string {
  return `${uid}-${job}`;
}

function isStorage({ verb }: Verb): boolean {
  return verb === "storage" || verb === "storage_abort";
}

/** All but the input, which is the person's matter. */
function toldOf(message: unknown): Record<string, unknown> {
  const { input: _, ...told } = Object(message) as Record<string, unknown>;
  return told;
}
