import { sql } from "kysely";
import type { Logger } from "pino";
import { usernameKey } from "../identity-rules.ts";
import type { AccountsDb } from "../tables.ts";

export interface FailedSignIn {
  /** As it was typed: whether there is such an account is found out later, apart from the answer. */
  readonly login: string;
  readonly address: string;
  readonly step: "password" | "code";
}

interface Noted extends FailedSignIn {
  count: number;
  at: Date;
}

export interface FailedSignIns {
  note(failed: FailedSignIn): void;
  /** Writes what was noted. A failure keeps it for the next time. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** That wait to be written; above it new ones are not noted: with the database away memory stays bounded. */
const CAPACITY = 10_000;
const INTERVAL_MS = 1_000;
const LONGEST_LOGIN = 254;

/**
 * Remembers for each person what failed at their account. Known names and unknown ones are noted alike and
 * looked up in one batch a second, so that no answer takes longer because there is such a person.
 */
export function createFailedSignIns(db: AccountsDb, log: Logger): FailedSignIns {
  let noted = new Map<string, Noted>();
  let writing: Promise<void> | null = null;

  function add(failed: Noted): void {
    const key = JSON.stringify([failed.login, failed.address, failed.step]);
    const before = noted.get(key);
    if (before) before.count += failed.count;
    else if (noted.size < CAPACITY) noted.set(key, failed);
  }

  async function write(): Promise<void> {
    const batch = [...noted.values()];
    noted = new Map();
    try {
      await insert(db, batch);
    } catch (error) {
      log.warn({ err: error }, "failed sign-ins could not be written; they are kept for the next time");
      for (const failed of batch) add(failed);
    }
  }

  async function flush(): Promise<void> {
    if (writing) return writing;
    if (noted.size === 0) return;
    writing = write().finally(() => {
      writing = null;
    });
    return writing;
  }

  const timer = setInterval(() => void flush(), INTERVAL_MS);
  timer.unref();
  return {
    note({ login, address, step }) {
      const key = usernameKey(login.trim().slice(0, LONGEST_LOGIN)).replaceAll("\0", "");
      add({ login: key, address, step, count: 1, at: new Date() });
    },
    flush,
    async stop() {
      clearInterval(timer);
      await writing;
      await flush();
    },
  };
}

/** What names nobody finds no row to join, and is gone. */
async function insert(db: AccountsDb, batch: readonly Noted[]): Promise<void> {
  const column = <K extends keyof Noted>(key: K) => batch.map((failed) => failed[key]);
  await sql`
    insert into failed_sign_ins (account_id, at, address, step, count)
    select a.id, u.at, u.address, u.step, u.count
    from unnest(${column("login")}::text[], ${column("at")}::timestamptz[], ${column("address")}::text[],
      ${column("step")}::text[], ${column("count")}::int[]) as u (login, at, address, step, count)
    join accounts a on (a.username_key = u.login or a.email = u.login) and a.deleted_at is null`.execute(db);
}
