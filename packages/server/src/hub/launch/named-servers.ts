import { sql } from "kysely";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { HubContext } from "../context.ts";
import type { HubTrx, HubUserRow } from "../tables.ts";

const WORDS = {
  en: (most: number) => `You may have ${most} named servers at a time. Stop one of them first.`,
  fa: (most: number) =>
    `هم‌زمان می‌توانید ${new Intl.NumberFormat("fa").format(most)} سرور با نام داشته باشید. ابتدا یکی را متوقف کنید.`,
} as const;

/** Somebody has as many named servers as a person may. */
export class NamedServersFull extends StoaError {
  override readonly expected: boolean = true;
  readonly #most: number;

  constructor(most: number) {
    super("conflict", { message: WORDS.en(most), details: { cause: "too_many_servers", most } });
    this.#most = most;
  }

  inLocale(locale: "en" | "fa"): StoaError {
    return new StoaError(this.code, { message: WORDS[locale](this.#most), details: this.details });
  }
}

/**
 * Leaves room for one more of somebody's named servers, and forgets the oldest launches whose servers are gone.
 * To be called while their user's row is held.
 * @throws NamedServersFull
 */
export async function roomForNamed(
  { platform }: Pick<HubContext, "platform">,
  trx: HubTrx,
  { account_id: accountId, name }: Pick<HubUserRow, "account_id" | "name">,
  server: string,
): Promise<void> {
  if (server === "") return;
  const most = platform.config.hub.namedServersPerPerson;
  const { rows } = await sql<{ server: string }>`
    select server from hub_launches
      where account_id = ${accountId} and state in ('queued', 'asked') and server not in ('', ${server})
    union
    select server from hub_servers
      where user_name = ${name} and state <> 'stopped' and server not in ('', ${server})`.execute(trx);
  if (rows.length >= most) throw new NamedServersFull(most);
  await sql`
    delete from hub_launches where account_id = ${accountId} and server in (
      select l.server from hub_launches l
      where l.account_id = ${accountId} and l.server not in ('', ${server}) and l.state not in ('queued', 'asked')
        and not exists (
          select from hub_servers s where s.user_name = ${name} and s.server = l.server and s.state <> 'stopped')
      order by l.begun_at desc offset ${most - 1})`.execute(trx);
}
