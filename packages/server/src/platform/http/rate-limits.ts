import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import type { Db } from "../database/database.ts";
import { StoaError } from "../errors/stoa-error.ts";
import type { Principal } from "../principal.ts";
import { type Buckets, createLocalBuckets, createSharedBuckets, type Limit, sweepBuckets } from "./limit-bucket.ts";
import { rememberRefusals } from "./remembered-refusals.ts";

/** A named limit: what a route's policy asks for by `rateLimit`. */
interface NamedLimit {
  /** Of one address against one account (the body's `username`, `login` or `email`). */
  readonly pair?: Limit;
  readonly address: Limit;
  /** True: only what was refused counts. */
  readonly failuresOnly: boolean;
}

/**
 * No limit is on an account alone: whoever knows a name could lock its owner out. Tries that the pair
 * refuses do not count against the address, so a flood against one account leaves its neighbours in.
 */
export const namedLimits: Readonly<Record<string, NamedLimit>> = {
  "sign-in": { pair: { burst: 10, seconds: 300 }, address: { burst: 300, seconds: 300 }, failuresOnly: true },
  // Codes have six digits: guessed from many addresses they would fall, so all tries at one account count
  // together. Nobody is locked out by it: a recovery code is too long to guess, and is not counted there.
  "second-factor": { pair: { burst: 10, seconds: 300 }, address: { burst: 300, seconds: 300 }, failuresOnly: true },
  "second-factor-account": { address: { burst: 60, seconds: 3600 }, failuresOnly: true },
  reset: { pair: { burst: 5, seconds: 3600 }, address: { burst: 60, seconds: 3600 }, failuresOnly: false },
  // Looked at by everybody who was given one, a whole class behind one address: only what is no link counts.
  "reset-link": { address: { burst: 60, seconds: 3600 }, failuresOnly: true },
  register: { address: { burst: 100, seconds: 3600 }, failuresOnly: false },
  directory: { pair: { burst: 120, seconds: 60 }, address: { burst: 1_200, seconds: 60 }, failuresOnly: false },
  // Each is a token at the hub: a page that asks in a circle must not make thousands.
  "hub-token": { pair: { burst: 60, seconds: 600 }, address: { burst: 3_000, seconds: 600 }, failuresOnly: false },
  tokens: { address: { burst: 300, seconds: 300 }, failuresOnly: true },
};

export interface Attempt {
  /** It was no mistake: what was counted is taken back. */
  succeeded(): Promise<void>;
}

/** A Fastify request is one. */
export interface Caller {
  readonly principal: Principal | null;
  readonly ip: string;
}

export interface RateLimits {
  /** The general limit of a person or an address, in this process. @throws StoaError rate_limited */
  admit(caller: Caller): void;
  /** One try at something named, counted by all processes together. @throws StoaError rate_limited */
  attempt(name: string, who: { readonly address: string; readonly account: string | null }): Promise<Attempt>;
  stop(): void;
}

const sweepEveryMs = 300_000;

export function createRateLimits(options: {
  readonly db: Db;
  readonly log: Logger;
  /** 0: none. */
  readonly requestsPerMinute: number;
}): RateLimits {
  const { db, log, requestsPerMinute } = options;
  const local = createLocalBuckets();
  const buckets = rememberRefusals(withFallback(createSharedBuckets(db), local, log));
  const general: Limit = { burst: requestsPerMinute, seconds: 60 };
  const sweep = setInterval(() => {
    sweepBuckets(db).catch((error: unknown) => log.debug({ err: error }, "rate limits were not swept"));
  }, sweepEveryMs);
  sweep.unref();

  return {
    admit({ principal, ip }) {
      if (requestsPerMinute === 0) return;
      const account = principal?.accountId;
      refuseIf(local.takeNow(account ? `account:${account}` : `address:${network(ip)}`, general));
    },
    async attempt(name, { address, account }) {
      const limit = namedLimits[name];
      if (limit === undefined) throw new Error(`There is no rate limit named ${name}.`);
      const byAddress = `${name}:${network(address)}`;
      const byPair = limit.pair === undefined || account === null ? null : `${byAddress}:${short(account)}`;
      if (byPair !== null && limit.pair) refuseIf(await buckets.take(byPair, limit.pair));
      refuseIf(await buckets.take(byAddress, limit.address));
      return {
        async succeeded() {
          if (!limit.failuresOnly) return;
          if (byPair !== null) await buckets.forget(byPair);
          await buckets.giveBack(byAddress, limit.address);
        },
      };
    },
    stop: () => clearInterval(sweep),
  };
}

/** While the database is away each process counts for itself: still a limit, a looser one. */
function withFallback(shared: Buckets, local: Buckets, log: Logger): Buckets {
  async function either<T>(work: (buckets: Buckets) => Promise<T>): Promise<T> {
    try {
      return await work(shared);
    } catch (error) {
      log.warn({ err: error }, "rate limits are counted by this process alone: the database is away");
      return await work(local);
    }
  }
  return {
    take: (key, limit) => either((buckets) => buckets.take(key, limit)),
    giveBack: (key, limit) => either((buckets) => buckets.giveBack(key, limit)),
    forget: (key) => either((buckets) => buckets.forget(key)),
  };
}

function refuseIf(waitSeconds: number): void {
  if (waitSeconds <= 0) return;
  throw new StoaError("rate_limited", { details: { seconds: Math.ceil(waitSeconds) } });
}

/** A household's or a lab's IPv6 addresses are one network: a /64. */
export function network(address: string): string {
  if (!isIPv6(address)) return address;
  if (address.startsWith("::ffff:")) return address.slice(7);
  const [head = "", tail = ""] = address.split("::");
  const front = head.split(":").filter(Boolean);
  const back = tail.split(":").filter(Boolean);
  const zeros = address.includes("::") ? new Array<string>(Math.max(0, 8 - front.length - back.length)).fill("0") : [];
  return `${[...front, ...zeros, ...back].slice(0, 4).join(":")}::/64`;
}

/** Names come from outside, of any length; they are nobody's business in a table either. */
function short(account: string): string {
  return createHash("sha256").update(account.trim().toLowerCase().normalize("NFC")).digest("base64url").slice(0, 22);
}

/** The limit a route's policy names, around its handler. Stands after the body was read. */
export function limitHooks(limits: RateLimits, name: string) {
  const attempts = new WeakMap<FastifyRequest, Attempt>();
  return {
    async preHandler(request: FastifyRequest): Promise<void> {
      attempts.set(request, await limits.attempt(name, { address: request.ip, account: accountNamed(request.body) }));
    },
    async onSend(request: FastifyRequest, reply: FastifyReply): Promise<void> {
      if (reply.statusCode < 400) await attempts.get(request)?.succeeded();
    },
  };
}

function accountNamed(body: unknown): string | null {
  if (typeof body !== "object" || body === null) return null;
  for (const field of ["username", "login", "email"]) {
    const value: unknown = Reflect.get(body, field);
    if (typeof value === "string" && value !== "") return value;
  }
  return null;
}
