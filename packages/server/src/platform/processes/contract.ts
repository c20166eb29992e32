import type { Socket } from "node:net";
import type { Housed } from "./inside-storage.ts";

/**
 * What is done under a person's own system account. Only root can start a process as somebody else: the broker does
 * it, a small process (or, for tools and tests, a part of this one) that knows a short list of verbs and checks each
 * argument itself. The server asks, and never sees more than what the verbs give.
 */
export interface Processes {
  /** The person's system account, made with their directories at the first call. @throws StoaError unavailable */
  accountOf(accountId: number): Promise<SystemAccount>;
  /** Starts the person's file agent; it ends when the connection does. @throws StoaError unavailable */
  runAgent(accountId: number): Promise<RunningAgent>;
  /**
   * Runs a session's host, or does what it would do in its run folder, as the person. The folder is made when absent.
   * @param input JSON that the program reads
   * @param share what a host's program may take; left out: as much as there is
   * @throws StoaError unavailable
   */
  runSession(
    accountId: number,
    jobId: number,
    task: SessionTask,
    input: unknown,
    share?: SessionShare,
  ): Promise<RunningSession>;
  /**
   * Looks for what is left of a session, and kills it: by its control group, and by the mark that its processes carry.
   * Whoever can do that is root; nothing that its owner writes anywhere keeps anything from it.
   * @param marker null: by its control group alone
   * @throws StoaError unavailable
   */
  endSession(accountId: number, jobId: number, marker: string | null, how: SessionEnd): Promise<SessionRest>;
  /**
   * Where the person's workspaces and trash lie. With the name of a directory of theirs among people's storage: has them
   * lie there from now on, if there is nothing in them.
   * @throws StoaError unavailable
   */
  house(accountId: number, name: string | null): Promise<Housed>;
  /** Has them lie in the data directory again, with nothing in them. @throws StoaError unavailable */
  unhouse(accountId: number): Promise<void>;
  /**
   * Has their folders, which hold something, give way to links to their copies in this directory of theirs, and sets
   * the folders aside, closed to everybody. Cut off, it is finished by whoever asks for anything of the person next.
   * @throws StoaError unavailable
   */
  moveIn(accountId: number, name: string): Promise<Housed>;
  /** Gives what was set aside back to them, to be emptied by their agent. False: there is none. */
  openAside(accountId: number): Promise<boolean>;
  /** Removes it, once it is empty. True: it is gone. */
  removeAside(accountId: number): Promise<boolean>;
  /** Whose account has this number; null: nobody's of this installation. */
  ownerOf(uid: number): Promise<number | null>;
  /** A group's number on this machine; null: it has none yet, since none of its people has worked here. */
  gidOf(groupId: number): Promise<number | null>;
  /**
   * Puts people into exactly the groups that they are in now: this one, or (null) all that this process has worked for.
   * What runs keeps the groups it began with; agents are started anew.
   */
  recheckGroups(accountId: number | null): Promise<void>;
  /** Tells whose groups have changed. Returns: stop telling. */
  onGroupsChanged(listener: (accountId: number) => void): () => void;
}

/** A person's account on this machine. */
export interface SystemAccount {
  /** `stoa-<uid>`. */
  readonly name: string;
  readonly uid: number;
  /** Absolute. */
  readonly home: string;
}

export interface RunningAgent {
  readonly pid: number;
  /** The agent's descriptor 3 is its other end. */
  readonly socket: Socket;
  /** Kills it, if it has not ended. */
  end(): Promise<void>;
}

/**
 * `host` keeps the session and goes on without us. The others end by themselves and do, with the person's rights, what
 * nobody may do in a folder that the person writes into: `forbid` any later start, `settle` what a dead host left,
 * `kill` a host that doesn't answer, `clear` the folder.
 */
export type SessionTask = "host" | "forbid" | "settle" | "kill" | "clear";

/**
 * `look`: nothing is killed. `rest`: if its program left anything, all is killed, its host too; else its host may put
 * its books in order and linger, for a minute. `all`: everything, at once.
 */
export type SessionEnd = "look" | "rest" | "all";

export interface SessionRest {
  /** Processes of its program that there were; its host is none. */
  readonly found: number;
  /** Those, the host among them, that could not be ended. */
  readonly left: number;
}

/** What a session may take of the machine. */
export interface SessionShare {
  /** Cores. */
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly processes: number;
}

export interface RunningSession {
  readonly pid: number;
  /** Resolves with its exit code when it has ended; of a host that may be in days. `said`: the end of its stderr. */
  readonly ended: Promise<{ readonly code: number | null; readonly said: string }>;
  /** Kills it, if it has not ended. */
  end(): Promise<void>;
}
