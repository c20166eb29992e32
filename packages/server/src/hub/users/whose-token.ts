import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { OutboundClient } from "../../platform/outbound/contract.ts";
import type { HubContext } from "../context.ts";
import { accountOfUser } from "./queries.ts";

/** A server's own token has its user behind it; a service's is nobody's here. */
const User = Compile(Type.Object({ kind: Type.Literal("user"), name: Type.String() }));

const TIMEOUT_MS = 5_000;
const AT_ONCE = 4;
const WAITING = 50;
const LONGEST_ANSWER = 100_000;

export interface WhoseToken {
  /**
   * Whose a token of the hub's is, by the hub's own word and the link to an account; null: nobody's.
   * @throws StoaError unavailable, upstream_failed, upstream_timeout: the hub can't say
   */
  of(token: string): Promise<number | null>;
  close(): Promise<void>;
}

/** Asks with the token itself, on connections of its own: who guesses tokens keeps no launch waiting. */
export function createWhoseToken({ platform, db }: Pick<HubContext, "platform" | "db">): WhoseToken {
  const { apiUrl, apiToken } = platform.config.hub;
  const configured = apiUrl !== null && apiToken !== null;
  const outbound: OutboundClient | null = configured
    ? platform.outbound({
        ...{ name: "JupyterHub's tokens", baseUrl: apiUrl, timeoutMs: TIMEOUT_MS, attempts: 1 },
        ...{ concurrency: AT_ONCE, queue: WAITING, maxResponseBytes: LONGEST_ANSWER },
      })
    : null;
  return {
    async of(token) {
      if (outbound === null) return null;
      const answer = await outbound.call({ method: "GET", path: "user", headers: { authorization: `token ${token}` } });
      if (answer.status === 401 || answer.status === 403) return null;
      if (answer.status !== 200) throw new StoaError("upstream_failed", { details: { what: "JupyterHub" } });
      const who = answer.json();
      return User.Check(who) ? accountOfUser(db, who.name) : null;
    },
    close: async () => outbound?.close(),
  };
}
