import { isIP } from "node:net";
import { sql } from "kysely";
import { tell } from "../../notices/notices.ts";
import type { AccountsTrx } from "../tables.ts";
import { readAgent } from "./agent.ts";

/** A sign-in, as far as its owner is told of it. */
export interface PlacedSignIn {
  readonly accountId: number;
  /** Its credential's. */
  readonly id: string;
  readonly address: string | null;
  /** What the browser calls itself; null: a program. */
  readonly agent: string | null;
}

/**
 * Notes from which network somebody signs in (an IPv4 /24, an IPv6 /48), and tells them when it is none that they
 * ever signed in from; the very first one is nobody's news.
 */
export async function notePlace(trx: AccountsTrx, signIn: PlacedSignIn): Promise<void> {
  const address = plain(signIn.address);
  if (address === null) return;
  const { rows } = await sql<{ news: boolean }>`
    with known as (select exists (select from sign_in_places where account_id = ${signIn.accountId}) as before),
    noted as (
      insert into sign_in_places (account_id, place)
      select ${signIn.accountId}, network(set_masklen(a, case family(a) when 4 then 24 else 48 end))
      from (select ${address}::inet as a) as given
      on conflict (account_id, place) do update set seen_at = now()
      returning xmax = 0 as is_new
    )
    select before and is_new as news from known, noted`.execute(trx);
  if (rows[0]?.news !== true) return;
  const { browser, system } = readAgent(signIn.agent);
  await tell(trx, {
    kind: "sign-in.new",
    to: signIn.accountId,
    key: signIn.id,
    subject: { kind: "sign_in", id: signIn.id },
    values: {
      agent: [browser, system].filter((part) => part !== null).join(", ") || null,
      address,
      at: new Date().toISOString(),
    },
  });
}

/** As PostgreSQL reads it; null: it says nothing of a place. */
function plain(address: string | null): string | null {
  const text = (address ?? "").replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  return isIP(text) === 0 ? null : text;
}
