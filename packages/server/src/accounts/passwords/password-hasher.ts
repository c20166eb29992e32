import { hash, parseOptions, verify } from "@node-rs/argon2";
import { PASSWORD_MAX } from "../identity-rules.ts";
import { createFairQueue } from "./fair-queue.ts";
import { matchesOldHash, readOldHash, spendRounds } from "./old-hash.ts";

/** argon2id (the library's default algorithm). OWASP's first choice for 19 MiB of memory, kibibytes here. */
export const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export interface PasswordHasher {
  /** @param lane whose turn it takes: the address of the caller. */
  hash(password: string, lane: string): Promise<string>;
  /**
   * Takes as long without a stored hash (unknown name) as with one.
   * `stale`: right, but hashed with other parameters than today's, or as a service did it that was taken over.
   * @throws StoaError rate_limited or unavailable when too many wait.
   */
  verify(stored: string | null, password: string, lane: string): Promise<{ ok: boolean; stale: boolean }>;
  /** How many wait for their turn. */
  readonly waiting: number;
}

/**
 * Two at a time at most: argon2 shares libuv's four threads with file work, and 19 MiB each adds up.
 * At 25 ms a hash, a class of 64 behind one address is in within a second, and the longest possible queue
 * is over in three; beyond that it is better to say so.
 * @param oldRounds what `createOldRounds` says
 */
export function createPasswordHasher(
  limits = { atOnce: 2, perLane: 64, inAll: 256 },
  parameters: { memoryCost: number; timeCost: number; parallelism: number } = ARGON2,
  oldRounds: () => Promise<number> = async () => 0,
): PasswordHasher {
  const queue = createFairQueue(limits);
  let dummy: Promise<string> | null = null;
  const dummyHash = () => {
    dummy ??= hash("nobody has this password", parameters);
    return dummy;
  };

  return {
    hash: (password, lane) => queue.run(lane, () => hash(password.normalize("NFC"), parameters)),
    verify: (stored, password, lane) =>
      queue.run(lane, async () => {
        const old = stored === null ? null : readOldHash(stored);
        const compared = old === null ? (stored ?? (await dummyHash())) : await dummyHash();
        // Longer than any password can be: hash a short one, so that length costs us nothing.
        const candidate = password.length > PASSWORD_MAX * 2 ? "" : password.normalize("NFC");
        const asOld = old !== null && candidate !== "" && (await matchesOldHash(old, password));
        if (asOld) return { ok: true, stale: true };
        const ok = (await verify(compared, candidate)) && stored !== null && old === null && candidate !== "";
        // However it was hashed, a refusal takes the same time.
        if (!ok) await spendRounds((await oldRounds()) - (candidate === "" ? 0 : (old?.rounds ?? 0)));
        return { ok, stale: ok && isStale(compared, parameters) };
      }),
    get waiting() {
      return queue.waiting;
    },
  };
}

function isStale(stored: string, wanted: { memoryCost: number; timeCost: number; parallelism: number }): boolean {
  const used = parseOptions(stored);
  return (
    used.memoryCost !== wanted.memoryCost ||
    used.timeCost !== wanted.timeCost ||
    used.parallelism !== wanted.parallelism
  );
}
