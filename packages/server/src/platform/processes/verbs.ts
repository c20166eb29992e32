import type { SessionEnd, SessionRest, SessionShare, SessionTask } from "./contract.ts";
import type { Housed } from "./inside-storage.ts";
import { isInRange, type UidRange } from "./uid-range.ts";

/**
 * All that a broker does. Whoever asks is taken for hostile: every argument is checked here, and what the machine
 * itself says (its list of accounts, the owners of directories) decides, never the asker's word.
 */
export type Verb =
  /** Makes the system account of a person, and their directories; safe to repeat. */
  | { readonly verb: "ensure_account"; readonly account: number; readonly uid: number }
  /** Puts the account into exactly these groups, each made when absent. */
  | { readonly verb: "sync_groups"; readonly account: number; readonly uid: number; readonly gids: readonly number[] }
  /** With a connected socket, which becomes the agent's descriptor 3. */
  | { readonly verb: "run_agent"; readonly account: number; readonly uid: number }
  | {
      readonly verb: "run_session";
      readonly account: number;
      readonly uid: number;
      readonly job: number;
      readonly task: SessionTask;
      /** JSON. */
      readonly input: string;
      /** What a host's program may take; null or left out: as much as there is. */
      readonly share?: SessionShare | null;
    }
  /** Looks for what is left of one of the person's sessions, and kills it: of this person's processes alone. */
  | {
      readonly verb: "end_session";
      readonly account: number;
      readonly uid: number;
      readonly job: number;
      readonly marker: string | null;
      readonly how: SessionEnd;
    }
  /**
   * Tells where the person's workspaces and trash lie; with a name: has them lie in their directory of that name in the
   * storage, if there is nothing in them.
   */
  | { readonly verb: "house"; readonly account: number; readonly uid: number; readonly name: string | null }
  /** Has them lie in the data directory again, with nothing in them. */
  | { readonly verb: "unhouse"; readonly account: number; readonly uid: number }
  /**
   * Has the person's folders, which hold something, give way to links to their copies in their directory of that name.
   * The folders are set aside, closed to everybody.
   */
  | { readonly verb: "move_in"; readonly account: number; readonly uid: number; readonly name: string }
  /** Gives what a move has set aside back to the person, whose agent can empty it then. */
  | { readonly verb: "open_aside"; readonly account: number; readonly uid: number }
  /** Removes it, once it is empty. */
  | { readonly verb: "remove_aside"; readonly account: number; readonly uid: number }
  /** Kills a process that this broker has started, and no other. */
  | { readonly verb: "end"; readonly process: number }
  /** Something on the storage host, which takes the request apart. @param call a number by which it can be called off */
  | { readonly verb: "storage"; readonly call: number; readonly request: unknown }
  | { readonly verb: "storage_abort"; readonly call: number };

export type VerbName = Verb["verb"];

/** What a verb answers. */
export interface Answers {
  ensure_account: { readonly name: string; readonly home: string };
  sync_groups: null;
  run_agent: Started;
  run_session: Started;
  end_session: SessionRest;
  house: Housed;
  unhouse: null;
  move_in: Housed;
  open_aside: { readonly found: boolean };
  remove_aside: { readonly gone: boolean };
  end: null;
  /** As the storage's own errand says. */
  storage: unknown;
  storage_abort: null;
}

export interface Started {
  readonly pid: number;
  /** By which `end` knows it. */
  readonly process: number;
}

/**
 * `taken`: the number belongs to somebody else on this machine; another one may do. `refused`: the request is not one
 * that a server makes. `failed`: the machine did not do it; `full`: for want of room on the disk.
 */
export type RefusalCode = "taken" | "refused" | "failed" | "full";

export class BrokerRefusal extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "BrokerRefusal";
    this.code = code;
  }
}

const TASKS: ReadonlySet<unknown> = new Set<SessionTask>(["host", "forbid", "settle", "kill", "clear"]);
const ENDS: ReadonlySet<unknown> = new Set<SessionEnd>(["look", "rest", "all"]);
const MARKER = /^[\w-]{8,100}$/;
const DIRECTORY_NAME = /^[^/\0.][^/\0]{0,254}$/;
const LONGEST_INPUT = 256 * 1024;
const MOST_GROUPS = 1000;
const MOST_CPUS = 65_536;

/** The verb in a message. @throws BrokerRefusal refused */
export function readVerb(message: unknown, range: UidRange): Verb {
  if (typeof message !== "object" || message === null) throw refused("the message");
  const given = message as Readonly<Record<string, unknown>>;
  const uid = () => (isInRange(given.uid, range) ? given.uid : fault("uid"));
  switch (given.verb) {
    case "ensure_account":
    case "run_agent":
    case "unhouse":
    case "open_aside":
    case "remove_aside":
      return { verb: given.verb, account: id(given.account, "account"), uid: uid() };
    case "sync_groups":
      return { verb: given.verb, account: id(given.account, "account"), uid: uid(), gids: gids(given.gids, range) };
    case "run_session":
      return {
        verb: given.verb,
        account: id(given.account, "account"),
        uid: uid(),
        job: id(given.job, "job"),
        task: TASKS.has(given.task) ? (given.task as SessionTask) : fault("task"),
        input: input(given.input),
        share: given.share === undefined || given.share === null ? null : share(given.share),
      };
    case "end_session":
      return {
        verb: given.verb,
        account: id(given.account, "account"),
        uid: uid(),
        job: id(given.job, "job"),
        marker: given.marker === null ? null : marker(given.marker),
        how: ENDS.has(given.how) ? (given.how as SessionEnd) : fault("how"),
      };
    case "house":
      return {
        verb: given.verb,
        account: id(given.account, "account"),
        uid: uid(),
        name: given.name === null ? null : directoryName(given.name),
      };
    case "move_in":
      return {
        verb: given.verb,
        account: id(given.account, "account"),
        uid: uid(),
        name: directoryName(given.name),
      };
    case "end":
      return { verb: given.verb, process: id(given.process, "process") };
    case "storage":
      return { verb: given.verb, call: id(given.call, "call"), request: given.request };
    case "storage_abort":
      return { verb: given.verb, call: id(given.call, "call") };
    default:
      throw refused("the verb");
  }
}

function id(value: unknown, what: string): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : fault(what);
}

function gids(value: unknown, range: UidRange): readonly number[] {
  if (!Array.isArray(value) || value.length > MOST_GROUPS) return fault("gids");
  return value.every((gid) => isInRange(gid, range)) ? [...new Set(value as number[])] : fault("gids");
}

/** Bounded by what the machine has where the group is made. */
function share(value: unknown): SessionShare {
  const given = Object(value) as Readonly<Record<string, unknown>>;
  const { cpus } = given;
  if (typeof cpus !== "number" || !(cpus > 0 && cpus <= MOST_CPUS)) return fault("cpus");
  return { cpus, memoryBytes: id(given.memoryBytes, "memoryBytes"), processes: id(given.processes, "processes") };
}

function input(value: unknown): string {
  return typeof value === "string" && value.length <= LONGEST_INPUT ? value : fault("input");
}

/** One name, of which nothing leads out of the folder that it is looked for in. */
function directoryName(value: unknown): string {
  return typeof value === "string" && DIRECTORY_NAME.test(value) ? value : fault("name");
}

/** Looked for in processes' environments: one that is next to nothing would fit many. */
function marker(value: unknown): string {
  return typeof value === "string" && MARKER.test(value) ? value : fault("marker");
}

function fault(what: string): never {
  throw refused(what);
}

function refused(what: string): BrokerRefusal {
  return new BrokerRefusal("refused", `${what} is not one that the broker takes`);
}
