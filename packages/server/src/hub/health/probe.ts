import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type HubClient, HubRefusal, type HubSelf } from "../client/contract.ts";
import { type HubTrouble, networkTrouble } from "./trouble.ts";

/** How the hub was found. */
export interface Probed {
  readonly at: Date;
  readonly version: string | null;
  /** Null: the token was not taken, or the hub was not reached. */
  readonly self: HubSelf | null;
  readonly problem: HubProblem | null;
}

export interface HubProblem {
  readonly code: HubTrouble;
  /** For administrators, in English. */
  readonly said: string;
  /** It was not asked just now: the breaker is open. */
  readonly leftAlone?: true;
}

/** Milliseconds that a look is good for all who ask. */
const YOUNG_MS = 5_000;
/** Milliseconds that somebody waits for one. */
const PATIENCE_MS = 2_500;
/** Scopes, and with them what Stoa needs, as they are known here. */
export const OLDEST_MAJOR = 3;

/** Looks after the hub: its version and who Stoa is there. One look at a time, however many ask. */
export function createProbe(client: HubClient) {
  let last: Probed | null = null;
  let looking: Promise<Probed> | null = null;

  function look(): Promise<Probed> {
    looking ??= probe(client)
      .then((found) => {
        last = isLeftAlone(found) && last?.problem ? { ...last, at: found.at } : found;
        return last;
      })
      .finally(() => {
        looking = null;
      });
    return looking;
  }

  return {
    /** As found just now, or, while the hub keeps us waiting, that it does. */
    async read(): Promise<Probed> {
      if (last !== null && Date.now() - last.at.getTime() < YOUNG_MS) return last;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<null>((resolve) => {
        timer = setTimeout(() => resolve(null), PATIENCE_MS);
      });
      const found = await Promise.race([look(), late]).finally(() => clearTimeout(timer));
      return found ?? { at: new Date(), version: null, self: null, problem: noAnswer };
    },
  };
}

/** Nobody was asked, as it failed again and again: what it failed by is still what is known. */
function isLeftAlone({ problem }: Probed): boolean {
  return problem?.leftAlone === true;
}

const noAnswer: HubProblem = {
  code: "no_answer_yet",
  said: `JupyterHub gave no answer within ${PATIENCE_MS / 1_000} seconds`,
};

async function probe(client: HubClient): Promise<Probed> {
  const at = new Date();
  let version: string | null = null;
  try {
    version = await client.version();
    if (isTooOld(version)) {
      return { at, version, self: null, problem: { code: "too_old", said: `JupyterHub ${version} is older than 3.0` } };
    }
    return { at, version, self: await client.self(), problem: null };
  } catch (error) {
    const problem = problemFrom(error, version !== null);
    if (problem === null) throw error;
    return { at, version, self: null, problem };
  }
}

export function isTooOld(version: string): boolean {
  const major = Number.parseInt(version, 10);
  return Number.isInteger(major) && major < OLDEST_MAJOR;
}

/** @param isHub it has told its version: what answers there is a hub */
function problemFrom(error: unknown, isHub: boolean): HubProblem | null {
  if (error instanceof HubRefusal) {
    if (error.kind === "forbidden") return { code: "token_refused", said: error.message };
    return { code: isHub ? "unreachable" : "not_a_hub", said: error.message };
  }
  if (!(error instanceof StoaError)) return null;
  if (error.code === "upstream_timeout") return { code: "slow", said: error.message };
  // It has answered, with something else than a hub's JSON.
  if (error.code === "upstream_failed" && error.cause instanceof SyntaxError) {
    return { code: "not_a_hub", said: "What answers there is no JupyterHub: the answer is no JSON" };
  }
  if (error.code === "unavailable") return { code: "unreachable", said: error.message, leftAlone: true };
  // A gateway's page has no cause.
  if (error.cause === undefined) return { code: "unreachable", said: error.message };
  const { kind, said } = networkTrouble(error.cause);
  return { code: kind, said };
}
