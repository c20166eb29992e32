import type { ColumnType, Generated, JSONColumnType, Kysely, Transaction } from "kysely";
import type { PlatformTables } from "../platform/database/database.ts";

type Created = ColumnType<Date, Date | undefined, never>;
/** bigint identity, read as a number. */
type Id = ColumnType<number, never, never>;

export type AccountStatus = "active" | "pending" | "deactivated";

/** What every credential row remembers of its use. */
type Use = {
  last_used_at: Date | null;
  last_ip: string | null;
  last_ua: string | null;
};

export type AccountTables = {
  accounts: {
    id: Id;
    username: string;
    /** NFC and lower case: what uniqueness is about. */
    username_key: string;
    email: string;
    full_name: string;
    organization: string | null;
    locale: "en" | "fa" | null;
    password_hash: string | null;
    must_change_password: Generated<boolean>;
    one_time_password: string | null;
    is_admin: Generated<boolean>;
    status: Generated<AccountStatus>;
    token_epoch: Generated<number>;
    created_at: Created;
    updated_at: Generated<Date>;
    last_login_at: Date | null;
  };
  web_sessions: Omit<Use, "last_used_at"> & {
    /** Public: names the session in revocations and audit entries. */
    id: string;
    account_id: number;
    secret_hash: Buffer;
    created_at: Created;
    last_used_at: Generated<Date>;
    idle_expires_at: Date;
    absolute_expires_at: Date;
  };
  account_links: {
    id: Id;
    account_id: number;
    purpose: "reset" | "confirm";
    secret_hash: Buffer;
    created_at: Created;
    expires_at: Date;
    used_at: Date | null;
  };
  personal_tokens: Use & {
    key_id: string;
    account_id: number;
    secret_hash: Buffer;
    label: string;
    scopes: string[];
    created_at: Created;
    expiry_at: Date;
    hard_expiry_at: Date;
    revoked_at: Date | null;
    usage_count: Generated<number>;
    token_ver: Generated<number>;
  };
  uws_tokens: Use & {
    id: string;
    account_id: number;
    secret_hash: Buffer;
    created_at: Created;
    expires_at: Date;
    usage_count: Generated<number>;
  };
  signing_keys: {
    kid: string;
    algorithm: string;
    public_jwk: JSONColumnType<Record<string, string>>;
    private_sealed: string;
    created_at: Created;
  };
  revoked_access_tokens: { jti: string; expires_at: Date };
};

export type AccountsDb = Kysely<PlatformTables & AccountTables>;
export type AccountsTrx = Transaction<PlatformTables & AccountTables>;
