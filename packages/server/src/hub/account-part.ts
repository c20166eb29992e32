import type { AccountPart } from "../accounts/accounts.ts";
import { HubRefusal, knownServers } from "./client/contract.ts";
import { type HubContext, SYSTEM } from "./context.ts";
import { problemOf } from "./launch/causes.ts";
import { wishStop } from "./servers/stops.ts";
import { type HubUserRow, widen } from "./tables.ts";
import { revokeAll } from "./tokens/revoke.ts";
import { endLaunches } from "./users/end-launches.ts";
import { linkedName, userOf, wantUser } from "./users/queries.ts";
import { isBeingMade } from "./users/settle-user.ts";
import { whyNotOurs } from "./users/still-ours.ts";

/** What is kept of a person here, and what ends with them: their servers, their tokens, and the user we made. */
export function accountPart(context: HubContext): AccountPart {
  const { db, client } = context;
  return {
    name: "hub",
    async owned(accountId) {
      const name = linkedName(await userOf(db, accountId));
      if (name === null) return { servers: 0 };
      const { servers } = await db
        .selectFrom("hub_servers")
        .select((e) => e.fn.countAll<string>().as("servers"))
        .where("user_name", "=", name)
        .where("state", "<>", "stopped")
        .executeTakeFirstOrThrow();
      return { servers: Number(servers) };
    },
    async welcome(trx, person) {
      if (client !== null) await wantUser(widen(trx), person);
    },
    rows: {
      async *"hub-user"(accountId) {
        const user = await userOf(db, accountId);
        if (user !== null) yield { name: user.name, state: user.state, made_at: user.made_at };
      },
      async *"hub-servers"(accountId) {
        const name = linkedName(await userOf(db, accountId));
        if (name === null) return;
        yield* await db.selectFrom("hub_servers").selectAll().where("user_name", "=", name).execute();
      },
      async *"hub-tokens"(accountId) {
        yield* await db
          .selectFrom("hub_tokens")
          .select(["id", "server", "note", "address", "created_at", "expires_at", "revoked_at"])
          .where("account_id", "=", accountId)
          .orderBy("id")
          .execute();
      },
    },
    async remove(accountId) {
      const user = await userOf(db, accountId);
      // First what could bring them back: a launch that goes on makes their user at the hub again.
      if (user !== null && !(await endLaunches(context, SYSTEM, user))) return false;
      if (await isBeingMade(context, accountId)) return false;
      if (client !== null && !(await revokeAll(context, accountId))) return false;
      const now = await userOf(db, accountId);
      if (now !== null && client !== null && !(await leaveHub(context, now))) return false;
      await db.deleteFrom("hub_launches").where("account_id", "=", accountId).execute();
      await db.deleteFrom("hub_tokens").where("account_id", "=", accountId).execute();
      await db.deleteFrom("hub_users").where("account_id", "=", accountId).execute();
      const name = linkedName(now);
      if (name !== null) await db.deleteFrom("hub_servers").where("user_name", "=", name).execute();
      return true;
    },
  };
}

/**
 * Ends their servers, and their user where we made it: a linked one, or somebody else's, is not ours to delete.
 * @returns false: not yet
 */
async function leaveHub({ client, db }: HubContext, user: HubUserRow): Promise<boolean> {
  if (client === null || user.state !== "ours") return true;
  try {
    const seen = await client.user(user.name);
    if (seen === null || whyNotOurs(user, seen) !== null) return true;
    const servers = knownServers(seen);
    if (servers.size > 0) {
      await db.transaction().execute(async (trx) => {
        for (const server of servers.keys()) await wishStop(widen(trx), user.name, server, "account");
      });
      return false;
    }
    if (user.linked_by === null) await client.deleteUser(user.name);
    return true;
  } catch (error) {
    if (problemOf(error) === null) throw error;
    // Without the right to delete it stays there, with nobody behind it: drift shows it.
    return error instanceof HubRefusal && error.kind === "forbidden";
  }
}
