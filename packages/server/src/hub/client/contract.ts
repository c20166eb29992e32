/**
 * What Stoa asks of a JupyterHub (its REST API, 3.0 and later), as the hub really answers it: 403 for a token that is
 * none, 202 again while a server is pending, empty bodies. Every call may fail with a `StoaError`: `unavailable` (the
 * breaker is open, or too many calls wait), `upstream_timeout`, `upstream_failed` (no answer, or none that makes sense),
 * or with a `HubRefusal`.
 */
export interface HubClient {
  /** The hub's version; asked without a token. */
  version(): Promise<string>;
  /** Who the token is, and what it may do. */
  self(): Promise<HubSelf>;
  /** Null: there is no such user. */
  user(name: string): Promise<HubUser | null>;
  /** The same, and what the hub's clock said. */
  lookUp(name: string): Promise<{ readonly user: HubUser | null; readonly hubTime: Date }>;
  /** One page of all users, by the hub's own order. */
  users(page: UsersPage): Promise<readonly HubUser[]>;
  /** The same, with what the hub's clock said, and where the next page begins. */
  usersPage(page: UsersPage): Promise<UsersAnswer>;
  /**
   * Makes a user who is no administrator. `exists`: somebody has that name; `perhaps_made`: the same, after the answer to
   * an earlier try was lost, which may have made them. Whose it is, the hub can't say.
   * @param onLost called when such an answer was lost, whatever the call comes to then: its refusal is the last try's
   */
  makeUser(name: string, onLost?: () => void): Promise<"made" | "exists" | "perhaps_made">;
  /** Gone too when there was none. @throws HubRefusal busy: their server is still ending */
  deleteUser(name: string): Promise<void>;
  /**
   * Asks for a server; safe to repeat. `ready`: it ran already, or runs by now; `pending`: ask for its progress.
   * @throws HubRefusal stopping, failed (with what the hub says), at_capacity
   */
  startServer(name: string, server?: string): Promise<"ready" | "pending">;
  /**
   * What the hub tells of a server that starts, as it comes, until it is there or has failed. Ends early where the hub
   * breaks off: then `user` says how it stands.
   * @throws HubRefusal failed: nobody has asked for one
   */
  progress(name: string, server: string, signal: AbortSignal): AsyncIterable<HubProgress>;
  /** `stopped`: there is none; `pending`: it is ending. @throws HubRefusal starting: it can't be ended before it is there */
  stopServer(name: string, server?: string): Promise<"stopped" | "pending">;
  /** The secret is in this answer only. @throws HubRefusal forbidden: the user has not what is asked for */
  makeToken(name: string, wish: TokenWish): Promise<HubToken & { readonly secret: string }>;
  tokens(name: string): Promise<readonly HubToken[]>;
  /** Gone too when there was none. A server keeps what it has checked for up to five minutes. */
  revokeToken(name: string, id: string): Promise<void>;
  readonly state: "closed" | "open" | "half-open";
  close(): Promise<void>;
}

export interface UsersPage {
  readonly offset: number;
  readonly limit: number;
  /** True: only who has a server that runs, starts or ends. */
  readonly active?: boolean;
  /** True: asked once; who reads lists again and again has their next round for what fails. */
  readonly once?: boolean;
}

export interface UsersAnswer {
  readonly users: readonly HubUser[];
  readonly hubTime: Date;
  /** The offset of the page after this one; null: this was the last. */
  readonly next: number | null;
}

/** One call, all its attempts together. */
export interface HubCallRecord {
  /** The client's method. */
  readonly call: string;
  /** `ok`, or why not: a refusal's kind, an error's code. */
  readonly outcome: string;
  /** What was said, for an administrator; empty: nothing. */
  readonly said: string;
  readonly milliseconds: number;
  readonly retries: number;
}

export interface HubSelf {
  readonly kind: "user" | "service";
  readonly name: string;
  readonly scopes: ReadonlySet<string>;
}

export interface HubUser {
  readonly name: string;
  readonly admin: boolean;
  /** Null without `read:users`. */
  readonly createdAt: Date | null;
  readonly lastActivity: Date | null;
  /** By name; the default one has none: an empty one. Null without `read:servers`: not known, which is not none. */
  readonly servers: ReadonlyMap<string, HubServer> | null;
}

export interface HubServer {
  readonly name: string;
  readonly ready: boolean;
  /** What is going on with it; null: nothing. */
  readonly pending: "spawn" | "stop" | null;
  /** A path on the hub's public address, with a slash at both ends. */
  readonly url: string;
  readonly startedAt: Date | null;
  readonly lastActivity: Date | null;
}

export interface HubProgress {
  /** Percent, as the hub guesses. */
  readonly percent: number;
  /** In the hub's or the spawner's words, English. */
  readonly message: string;
  readonly outcome: "ready" | "failed" | null;
}

export interface TokenWish {
  /** Seconds. */
  readonly expiresIn: number;
  readonly note: string;
  /** Null: all that the user may do. */
  readonly scopes: readonly string[] | null;
}

export interface HubToken {
  readonly id: string;
  readonly note: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastActivity: Date | null;
}

/** Why the hub did not do it. */
export type HubCause =
  /** The token is none, or may not do this. */
  | "forbidden"
  /** Too many calls, or too many servers that start. */
  | "at_capacity"
  | "starting"
  | "stopping"
  | "busy"
  | "no_such_user"
  /** Anything else, in the hub's own words. */
  | "failed";

/** A user's servers. @throws HubRefusal forbidden: the hub tells Stoa of none, whether there are any or not */
export function knownServers({ servers }: Pick<HubUser, "servers">): ReadonlyMap<string, HubServer> {
  if (servers !== null) return servers;
  throw new HubRefusal("forbidden", 200, "Stoa's token lacks the scope read:servers: the hub tells of no servers");
}

/** The hub is well, and refuses. */
export class HubRefusal extends Error {
  readonly kind: HubCause;
  readonly status: number;
  /** Seconds, as the hub asks. */
  readonly retryAfter: number | null;

  /** @param said the hub's message, for an administrator; it may name what a person must not see */
  constructor(kind: HubCause, status: number, said: string, retryAfter: number | null = null) {
    super(said);
    this.name = "HubRefusal";
    this.kind = kind;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}
