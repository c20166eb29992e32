import { sql } from "kysely";
import type { Logger } from "pino";
import type { CredentialKind, Principal } from "../platform/principal.ts";
import type { AccountsDb } from "./tables.ts";
import { IDLE_DAYS } from "./web-sessions/web-sessions.ts";

interface Use {
  readonly kind: CredentialKind;
  readonly id: string;
  count: number;
  at: Date;
  address: string;
  agent: string;
}

export interface CredentialUse {
  note(principal: Principal, address: string, agent: string): void;
  /** Writes what was noted. A failure keeps it for the next time. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** Credentials that may wait; above it new ones are not noted: with the database away memory stays bounded. */
const CAPACITY = 20_000;
const INTERVAL_MS = 1_000;

/** Remembers last use, address, agent and count of credentials; written each second in one statement a kind. */
export function createCredentialUse(db: AccountsDb, log: Logger): CredentialUse {
  let noted = new Map<string, Use>();
  let flushing: Promise<void> | null = null;

  function note({ credential }: Principal, address: string, agent: string): void {
    if (credential.kind !== "cookie" && credential.kind !== "pat" && credential.kind !== "uws-token") return;
    add({ kind: credential.kind, id: credential.id, count: 1, at: new Date(), address, agent: readable(agent) });
  }

  function add(use: Use): void {
    const before = noted.get(use.id);
    if (before) Object.assign(before, { ...use, count: before.count + use.count });
    else if (noted.size < CAPACITY) noted.set(use.id, use);
  }

  async function write(): Promise<void> {
    const uses = noted;
    noted = new Map();
    for (const [kind, statement] of Object.entries(statements)) {
      const batch = [...uses.values()].filter((use) => use.kind === kind);
      if (batch.length === 0) continue;
      try {
        await statement(batch).execute(db);
      } catch (error) {
        log.warn({ err: error, kind }, "the use of credentials could not be written; it is kept for the next time");
        const newer = noted;
        noted = new Map(batch.map((use) => [use.id, use]));
        for (const use of newer.values()) add(use);
      }
    }
  }

  async function flush(): Promise<void> {
    if (flushing) return flushing;
    if (noted.size === 0) return;
    flushing = write().finally(() => {
      flushing = null;
    });
    return flushing;
  }

  const timer = setInterval(() => void flush(), INTERVAL_MS);
  timer.unref();
  return {
    note,
    flush,
    async stop() {
      clearInterval(timer);
      await flushing;
      await flush();
    },
  };
}

/** To the minute: a row of everybody's would be written each second else. */
const isNews = sql`(a.last_seen_at is null or a.last_seen_at < s.at - interval '1 minute')`;

/** Statements that also note when the account's owner was here: not when an administrator acted as them. */
const statements = {
  cookie: (uses: Use[]) => sql`
    with s as (
      select t.account_id, max(u.at) as at from web_sessions t join ${rows(uses)} on t.id = u.id
      where t.impersonation_id is null group by t.account_id
    ), seen as (update accounts a set last_seen_at = s.at from s where a.id = s.account_id and ${isNews})
    update web_sessions as t set last_used_at = u.at, last_ip = u.address, last_ua = u.agent,
      idle_expires_at = u.at + make_interval(days => ${IDLE_DAYS})
    from ${rows(uses)} where t.id = u.id`,
  pat: (uses: Use[]) => sql`
    with s as (
      select t.account_id, max(u.at) as at from personal_tokens t join ${rows(uses)} on t.key_id = u.id
      group by t.account_id
    ), seen as (update accounts a set last_seen_at = s.at from s where a.id = s.account_id and ${isNews})
    update personal_tokens as t set last_used_at = greatest(t.last_used_at, u.at), last_ip = u.address,
      last_ua = u.agent, usage_count = t.usage_count + u.count
    from ${rows(uses)} where t.key_id = u.id`,
  "uws-token": (uses: Use[]) => sql`
    with s as (
      select t.account_id, max(u.at) as at from uws_tokens t join ${rows(uses)} on t.id = u.id
      group by t.account_id
    ), seen as (update accounts a set last_seen_at = s.at from s where a.id = s.account_id and ${isNews})
    update uws_tokens as t set last_used_at = greatest(t.last_used_at, u.at), last_ip = u.address,
      last_ua = u.agent, usage_count = t.usage_count + u.count
    from ${rows(uses)} where t.id = u.id`,
};

function rows(uses: readonly Use[]) {
  const column = <K extends keyof Use>(key: K) => uses.map((use) => use[key]);
  return sql`unnest(${column("id")}::text[], ${column("count")}::int[], ${column("at")}::timestamptz[],
    ${column("address")}::text[], ${column("agent")}::text[]) as u (id, count, at, address, agent)`;
}

/** PostgreSQL takes no NUL; an agent is cut to what a page shows. */
function readable(agent: string): string {
  return agent.replaceAll("\0", "").slice(0, 300);
}
