import type { Principal } from "../../platform/principal.ts";
import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { record } from "../record.ts";
import { revoking } from "../revoking.ts";
import type { FoundWebSession, WebSessions } from "../web-sessions/web-sessions.ts";
import { findKept } from "./kept-sign-in.ts";
import type { KeptSignIn } from "./return-cookie.ts";

/**
 * Ends the acting of who asks, if it still goes on, and finds the administrator's own sign-in.
 * @param kept what their browser kept of it
 * @returns null when that has ended, or is not the one that this acting stands by
 */
export async function stopActing(
  context: AccountsContext,
  webSessions: Pick<WebSessions, "find" | "end">,
  { asking, kept }: { readonly asking: Principal | null; readonly kept: KeptSignIn | null },
  actor: Actor,
): Promise<FoundWebSession | null> {
  const own = kept === null ? null : await findKept(context, webSessions, kept);
  if (asking?.impersonator === undefined) return own;
  const standsBy = await end(context, webSessions, asking, actor);
  return kept?.actingId === asking.credential.id && own?.id === standsBy ? own : null;
}

/** @returns the web session that it stood by; null when it had ended already */
function end(
  context: AccountsContext,
  webSessions: Pick<WebSessions, "end">,
  asking: Principal,
  actor: Actor,
): Promise<string | null> {
  const sessionId = asking.credential.id;
  return revoking(context, async (trx, revoke) => {
    const row = await trx
      .selectFrom("web_sessions")
      .select("acting_session_id")
      .where("id", "=", sessionId)
      .forUpdate()
      .executeTakeFirst();
    if (!row) return null;
    await webSessions.end(trx, sessionId);
    await revoke({ credentialId: sessionId });
    const account = { id: asking.accountId ?? -1, username: asking.label };
    await record(context, trx, { action: "account.act-as-end", actor, account, event: "account.changed" });
    return row.acting_session_id;
  });
}
