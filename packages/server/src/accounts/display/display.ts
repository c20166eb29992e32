import { type Static, Type } from "typebox";
import type { Principal } from "../../platform/principal.ts";
import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { findAccount } from "../queries.ts";
import { record } from "../record.ts";
import { AccountRefusal } from "../refusals.ts";
import type { AccountsDb } from "../tables.ts";

const choice = <const T extends readonly string[]>(names: T, description: string) =>
  Type.Unsafe<T[number]>({ type: "string", enum: [...names], description });

/** How the portal looks to a person, in every browser of theirs. */
export const Display = Type.Object({
  calendar: choice(["auto", "gregory", "persian"], "`auto`: that of the language."),
  digits: choice(["auto", "latin", "persian"], "`auto`: those of the language."),
  color_scheme: choice(["auto", "light", "dark"], "`auto`: what the browser asks for."),
  tour_done: Type.Boolean({ description: "The first visit's tour was seen or skipped." }),
});
export type Display = Static<typeof Display>;

export const DisplayChange = Type.Partial(Display);
export type DisplayChange = Static<typeof DisplayChange>;

const columns = ["calendar", "digits", "color_scheme", "tour_done"] as const;

/** Null while the person never chose anything. */
export async function displayOf(db: AccountsDb, accountId: number): Promise<Display | null> {
  const found = db.selectFrom("account_display").select(columns).where("account_id", "=", accountId);
  return (await found.executeTakeFirst()) ?? null;
}

/**
 * Changes what is given; the rest stays.
 * @throws AccountRefusal no_such_user
 */
export async function changeDisplay(
  context: AccountsContext,
  principal: Principal,
  change: DisplayChange,
  actor: Actor,
): Promise<Display> {
  const account = await findAccount(context.db, principal.accountId ?? -1);
  if (!account) throw new AccountRefusal("no_such_user");
  return context.db.transaction().execute(async (trx) => {
    const display = await trx
      .insertInto("account_display")
      .values({ account_id: account.id, ...change })
      // The key is set to itself where nothing is given: a conflict that does nothing would return nothing.
      .onConflict((conflict) => conflict.column("account_id").doUpdateSet({ account_id: account.id, ...change }))
      .returning(columns)
      .executeTakeFirstOrThrow();
    const details = { changed: Object.keys(change) };
    await record(context, trx, { action: "account.display", actor, account, event: "account.changed", details });
    return display;
  });
}
