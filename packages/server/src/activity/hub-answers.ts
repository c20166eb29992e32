import { StoaError } from "../platform/errors/stoa-error.ts";
import { createLocalBuckets } from "../platform/http/limit-bucket.ts";
import { network } from "../platform/http/rate-limits.ts";

/**
 * Whose single-user server holds this token of the hub's; null: nobody's that is linked to an account here. Rejects when
 * the hub can't say.
 */
export type WhoseHubToken = (token: string) => Promise<number | null>;

export interface Answer {
  /** Null: nobody's. */
  readonly accountId: number | null;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** How long the hub's word holds; a token that was revoked there writes no longer than this. */
const GOOD_MS = 60_000;
/** How long a refusal holds, so that a reporter with an old token costs the hub one call. */
const BAD_MS = 30_000;
/** Each apart: wrong guesses never push out who was right. */
const MOST_GOOD = 20_000;
const MOST_BAD = 5_000;
/** Questions under way, and those of tokens that were never good: the others have places left, whoever guesses. */
const MOST_ASKED = 20;
const MOST_UNKNOWN = 10;
/** Of them from one address. */
const MOST_OF_ADDRESS = 4;
/** Wrong tokens of one address: so many at once, and then one a second. All servers of a hub may have one address. */
const WRONG = { burst: 60, seconds: 60 };
/** 503, never 401: a reporter that hears 401 gives up. */
const FULL = { what: "JupyterHub", seconds: 5 };

/** What the hub has said of tokens, and what it is asked: bounded for who guesses, open for who was right before. */
export interface HubAnswers {
  /** @throws StoaError unavailable, rate_limited */
  of(key: string, token: string, address: string): Promise<Answer>;
}

/** @param now milliseconds */
export function createHubAnswers(whose: WhoseHubToken, now: () => number): HubAnswers {
  /** Kept when its time is over, too: it was good once. */
  const good = new Map<string, Answer>();
  const bad = new Map<string, Answer>();
  const asked = new Map<string, Promise<Answer>>();
  /** Of tokens that were never good, by address. */
  const unknown = new Map<string, number>();
  let unknowns = 0;
  const wrong = createLocalBuckets(50_000, now);

  function note(key: string, accountId: number | null): Answer {
    const [kept, other, most, ms] =
      accountId === null ? [bad, good, MOST_BAD, BAD_MS] : [good, bad, MOST_GOOD, GOOD_MS];
    const answer = { accountId, until: now() + ms };
    other.delete(key);
    kept.delete(key);
    const [oldest] = kept.keys();
    if (kept.size >= most && oldest !== undefined) kept.delete(oldest);
    kept.set(key, answer);
    return answer;
  }

  async function ask(key: string, token: string): Promise<Answer> {
    try {
      return note(key, await whose(token));
    } catch (cause) {
      throw cause instanceof StoaError ? cause : new StoaError("unavailable", { details: FULL, cause });
    }
  }

  function count(address: string, by: number): void {
    unknowns += by;
    const left = (unknown.get(address) ?? 0) + by;
    if (left === 0) unknown.delete(address);
    else unknown.set(address, left);
  }

  /** Takes a place for a token that was never good. It counts as a wrong one until the hub says otherwise. */
  function admitUnknown(from: string): void {
    const isFull = unknowns >= MOST_UNKNOWN || (unknown.get(from) ?? 0) >= MOST_OF_ADDRESS;
    if (isFull) throw new StoaError("unavailable", { details: FULL });
    const wait = wrong.takeNow(from, WRONG);
    if (wait > 0) throw new StoaError("rate_limited", { details: { seconds: Math.ceil(wait) } });
    count(from, 1);
  }

  async function askUnknown(key: string, token: string, from: string): Promise<Answer> {
    let isWrong = false;
    try {
      const answer = await ask(key, token);
      isWrong = answer.accountId === null;
      return answer;
    } finally {
      count(from, -1);
      if (!isWrong) await wrong.giveBack(from, WRONG);
    }
  }

  return {
    async of(key, token, address) {
      const known = good.get(key) ?? bad.get(key);
      if (known !== undefined && known.until > now()) return known;
      const underWay = asked.get(key);
      if (underWay !== undefined) return underWay;
      if (asked.size >= MOST_ASKED) throw new StoaError("unavailable", { details: FULL });
      const from = network(address);
      const wasGood = good.has(key);
      if (!wasGood) admitUnknown(from);
      const question = wasGood ? ask(key, token) : askUnknown(key, token, from);
      asked.set(key, question);
      try {
        return await question;
      } finally {
        asked.delete(key);
      }
    },
  };
}
