import { type RawBuilder, sql } from "kysely";
import { presentEntry } from "../../platform/audit/present.ts";
import { listEntries } from "../../platform/audit/queries.ts";
import { type AccountPart, type PersonalRows, paged } from "../account-part.ts";
import type { AccountsContext } from "../context.ts";

const PAGE = 500;

/** What this domain itself keeps of a person. */
export function ownPart({ db, platform }: AccountsContext): AccountPart {
  /** Few rows a person: in one go. */
  const all = (query: (accountId: number) => RawBuilder<object>): PersonalRows =>
    async function* (accountId) {
      yield* (await query(accountId).execute(db)).rows;
    };

  async function* auditEntries(accountId: number): AsyncGenerator<object> {
    const viewer = { accountId };
    const page = (before: number | null) =>
      listEntries(platform.db, viewer, {}, { before: before ?? undefined, limit: PAGE });
    for await (const row of paged(page, (entry) => entry.id)) yield presentEntry(row, viewer);
  }

  return {
    name: "account",
    async owned(accountId) {
      const { rows } = await sql<Record<string, number>>`
        select
          (select count(*)::int from personal_tokens where account_id = ${accountId}
            and revoked_at is null and expiry_at > now()) as personal_tokens,
          (select count(*)::int from web_sessions where account_id = ${accountId}
            and least(idle_expires_at, absolute_expires_at) > now()) as web_sessions,
          (select count(*)::int from uws_tokens where account_id = ${accountId} and expires_at > now()) as uws_tokens,
          (select count(*)::int from group_members where account_id = ${accountId}) as group_memberships,
          (select count(*)::int from group_members m where m.account_id = ${accountId} and m.is_owner
            and not exists (select from group_members o where o.group_id = m.group_id and o.is_owner
              and o.account_id <> m.account_id)) as groups_owned_alone`.execute(db);
      return rows[0] ?? {};
    },
    rows: {
      profile: all(
        (id) => sql`select id, username, email, new_email, email_verified_at, full_name, organization, locale, is_admin,
          status, directory_visible, second_factor_at, deletion_due_at, created_at, updated_at, last_login_at,
          brought_by as brought_by_service, brought_as as known_to_service_as
          from accounts where id = ${id}`,
      ),
      display: all(
        (id) => sql`select calendar, digits, color_scheme, tour_done from account_display where account_id = ${id}`,
      ),
      personal_tokens: all(
        (
          id,
        ) => sql`select key_id, label, scopes, created_at, expiry_at, hard_expiry_at, revoked_at, last_used_at, last_ip,
          last_ua, usage_count from personal_tokens where account_id = ${id} order by created_at`,
      ),
      sign_ins: all(
        (
          id,
        ) => sql`select id, 'browser' as kind, created_at, last_used_at, idle_expires_at as expires_at, last_ip, last_ua
            from web_sessions where account_id = ${id}
          union all select id, 'uws_token', created_at, last_used_at, expires_at, last_ip, last_ua
            from uws_tokens where account_id = ${id} order by created_at`,
      ),
      acted_as: all(
        (id) => sql`select admin_label as administrator, reason, begun_at, ends_at, ended_at from impersonations
          where account_id = ${id} order by id`,
      ),
      sign_in_places: all(
        (id) => sql`select place::text, seen_at from sign_in_places where account_id = ${id} order by seen_at`,
      ),
      failed_sign_ins: all(
        (id) => sql`select at, address, step, count from failed_sign_ins where account_id = ${id} order by at`,
      ),
      groups: all(
        (id) => sql`select g.id, g.name, m.is_owner, m.added_at from group_members m join groups g on g.id = m.group_id
          where m.account_id = ${id} order by g.id`,
      ),
      mails: all(
        (id) => sql`select id, recipient, subject, state, created_at, sent_at from mails
          where account_id = ${id} order by id`,
      ),
      audit: auditEntries,
    },
  };
}
