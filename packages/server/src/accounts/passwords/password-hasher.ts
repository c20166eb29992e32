import { hash, parseOptions, verify } from "@node-rs/argon2";
import { network } from "../../platform/http/rate-limits.ts";
import { PASSWORD_MAX } from "../identity-rules.ts";
import { createFairQueue } from "./fair-queue.ts";
import { matchesOldHash, NO_OLD_WORK, type OldWork, readOldHash, spendOldWork } from "./old-hash.ts";

/** What a hash takes: memory in kibibytes, rounds, threads. */
export interface PasswordCost {
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

/** argon2id (the library's default algorithm). OWASP's first choice for 19 MiB of memory. */
export const ARGON2: PasswordCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * One of the costliest (bcrypt of cost 13) takes half a second of a core, one of cost 12 a quarter, Django's of today a
 * seventh: the longest possible queue is over in 48, 24 or 14 seconds where the core is free, and in 8, 4 or 3 for one
 * network alone. While such hashes are left, refusals wait in it too.
 */
const OLD_HASHES = { atOnce: 1, perLane: 16, inAll: 96 };

export interface PasswordHasher {
  /** @param address whose turn it takes: the caller's; of IPv6 their network's, of which each has addresses without end */
  hash(password: string, address: string): Promise<string>;
  /**
   * Takes as long without a stored hash (unknown name) as with one.
   * `stale`: right, but hashed with other parameters than today's, or as a service did it that was taken over.
   * @throws StoaError rate_limited or unavailable when too many wait.
   */
  verify(stored: string | null, password: string, address: string): Promise<{ ok: boolean; stale: boolean }>;
  /** How many wait for their turn. */
  readonly waiting: number;
}

/**
 * Two at a time at most: argon2 shares libuv's four threads with file work, and 19 MiB each adds up.
 * At 25 ms a hash, a class of 64 behind one address is in within a second, and the longest possible queue
 * is over in three; beyond that it is better to say so.
 * @param oldWork what `createOldWork` says
 */
export function createPasswordHasher(
  limits = { atOnce: 2, perLane: 64, inAll: 256 },
  parameters: PasswordCost = ARGON2,
  oldWork: () => Promise<OldWork> = async () => NO_OLD_WORK,
): PasswordHasher {
  const queue = createFairQueue(limits);
  // An old hash takes ten times as long or more: one at a time, so that the other place is left to everybody else.
  const slow = createFairQueue(OLD_HASHES);
  const inSlowLane = <T>(lane: string, work: () => Promise<T>) => slow.run(lane, () => queue.run("old hashes", work));
  let dummy: Promise<string> | null = null;
  const dummyHash = () => {
    dummy ??= hash("nobody has this password", parameters);
    return dummy;
  };

  return {
    hash: (password, address) => queue.run(network(address), () => hash(password.normalize("NFC"), parameters)),
    async verify(stored, password, address) {
      const lane = network(address);
      const old = stored === null ? null : readOldHash(stored);
      // Longer than any password can be: hash a short one, so that length costs us nothing.
      const candidate = password.length > PASSWORD_MAX * 2 ? "" : password.normalize("NFC");
      // An old one that is none we would compute is good for nobody.
      const modern = stored?.startsWith("$argon2") === true ? stored : null;
      const compared = modern ?? (await dummyHash());
      const matches = await queue.run(lane, () => verify(compared, candidate));
      if (matches && modern !== null && candidate !== "") {
        return { ok: true, stale: isStale(compared, parameters) };
      }
      // However it was hashed, a refusal takes the same time.
      const most = await oldWork();
      if (old === null && most.rounds === 0 && most.bcryptCost === 0) return { ok: false, stale: false };
      return inSlowLane(lane, async () => {
        const ok = old !== null && candidate !== "" && (await matchesOldHash(old, password));
        if (!ok) await spendOldWork(most, candidate === "" ? null : old);
        return { ok, stale: ok };
      });
    },
    get waiting() {
      return queue.waiting + slow.waiting;
    },
  };
}

function isStale(stored: string, wanted: PasswordCost): boolean {
  const used = parseOptions(stored);
  return (
    used.memoryCost !== wanted.memoryCost ||
    used.timeCost !== wanted.timeCost ||
    used.parallelism !== wanted.parallelism
  );
}
