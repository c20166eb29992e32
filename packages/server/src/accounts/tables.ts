import type { ColumnType, Generated, JSONColumnType, Kysely, Transaction } from "kysely";
import type { PlatformTables } from "../platform/database/database.ts";

type Created = ColumnType<Date, Date | undefined, never>;
/** bigint identity, read as a number. */
type Id = ColumnType<number, never, never>;

export type AccountStatus = "active" | "pending" | "deactivated";
/** A service is a program's account: it has client tokens, and never a password. */
export type AccountKind = "person" | "service";

/** What every credential row remembers of its use. */
type Use = {
  last_used_at: Date | null;
  last_ip: string | null;
  last_ua: string | null;
};

export type AccountTables = {
  accounts: {
    id: Id;
    kind: Generated<AccountKind>;
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
    /** By any credential of their own, to the minute. */
    last_seen_at: Date | null;
    email_verified_at: Date | null;
    /** Wanted, but not proven yet: the old one counts until then. */
    new_email: string | null;
    directory_visible: Generated<boolean>;
    /** Since when a second factor is asked for; null: never. */
    second_factor_at: Date | null;
    deletion_due_at: Date | null;
    deletion_by_admin: Generated<boolean>;
    deletion_operation_id: string | null;
    /** From then on it can't be cancelled. */
    deletion_begun_at: Date | null;
    /** What is left is a tombstone. */
    deleted_at: Date | null;
    /** The service that made this person known here, and what it calls them. */
    brought_by: number | null;
    brought_as: string | null;
  };
  /** How the portal looks to a person; no row: as it comes. */
  account_display: {
    account_id: number;
    calendar: Generated<"auto" | "gregory" | "persian">;
    digits: Generated<"auto" | "latin" | "persian">;
    color_scheme: Generated<"auto" | "light" | "dark">;
    tour_done: Generated<boolean>;
  };
  /** Networks that somebody has signed in from. */
  sign_in_places: {
    account_id: number;
    place: string;
    seen_at: Generated<Date>;
  };
  groups: {
    id: Id;
    name: string;
    /** NFC and lower case: what uniqueness is about. */
    name_key: string;
    description: Generated<string>;
    /** Made by us, with a meaning of its own; for service accounts only. */
    built_in: Generated<boolean>;
    created_at: Created;
    updated_at: Generated<Date>;
  };
  group_members: {
    group_id: number;
    account_id: number;
    is_owner: Generated<boolean>;
    added_at: Created;
  };
  client_tokens: {
    key_id: string;
    account_id: number;
    secret_hash: Buffer;
    label: string;
    created_at: Created;
    expires_at: Date;
    revoked_at: Date | null;
    last_used_at: Date | null;
    last_ip: string | null;
    usage_count: Generated<number>;
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
    signed_in_before: Date | null;
    /** Of an administrator who acts as this person; null: the person's own. */
    impersonation_id: number | null;
    /** The administrator's own sign-in: with it this one ends. */
    acting_session_id: string | null;
  };
  impersonations: {
    id: Id;
    account_id: number;
    admin_id: number;
    /** As it was then. */
    admin_label: string;
    reason: string;
    /** The web session that acts, or did. */
    session_id: string;
    begun_at: Created;
    ends_at: Date;
    /** A trigger's: when the web session went. */
    ended_at: Date | null;
  };
  people_changes: {
    operation_id: string;
    account_id: number;
    /** Null: not come to yet. */
    outcome: "changed" | "unchanged" | "refused" | null;
    reason: string | null;
    before: JSONColumnType<Record<string, unknown>> | null;
    /** The operation that took it back, or tries to. */
    undone_by: string | null;
  };
  people_imports: {
    operation_id: string;
    line: number;
    /** What the file says of them; null once they were come to, or the operation has ended. */
    person: JSONColumnType<Record<string, unknown>> | null;
    /** Empty once they have an account. */
    username: string;
    /** Null: not come to yet. */
    outcome: "made" | "refused" | null;
    reason: string | null;
    account_id: number | null;
  };
  account_links: {
    id: Id;
    account_id: number;
    purpose: "reset" | "confirm" | "verify";
    /** The address that a `verify` link proves. */
    email: string | null;
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
    expiry_set_at: Generated<Date>;
    /** Days of the last notice about this expiry: 7, then 1. */
    noticed_days: number | null;
  };
  uws_tokens: Use & {
    id: string;
    account_id: number;
    secret_hash: Buffer;
    created_at: Created;
    expires_at: Date;
    usage_count: Generated<number>;
    /** The client token by which it was got; null: by its owner. */
    client_key_id: string | null;
  };
  signing_keys: {
    kid: string;
    algorithm: string;
    public_jwk: JSONColumnType<Record<string, string>>;
    private_sealed: string;
    created_at: Created;
  };
  second_factors: {
    account_id: number;
    secret_sealed: string;
    created_at: Generated<Date>;
    /** Null: shown, but no code of it has been seen yet. */
    confirmed_at: Date | null;
    /** The last 30-second step whose code was taken. */
    last_step: Generated<number>;
  };
  recovery_codes: { account_id: number; code_hash: Buffer; used_at: Date | null };
  pending_sign_ins: {
    secret_hash: Buffer;
    account_id: number;
    token_epoch: number;
    attempts: Generated<number>;
    created_at: Created;
    expires_at: Date;
  };
  failed_sign_ins: {
    id: Id;
    account_id: number;
    at: Date;
    address: string;
    step: "password" | "code";
    /** Of the same second, from the same address. */
    count: number;
  };
  account_exports: {
    id: Id;
    account_id: number;
    created_at: Created;
    /** Null until it is whole. */
    ready_at: Date | null;
    expires_at: Date | null;
    /** Bytes. */
    size: number | null;
  };
  account_export_parts: { export_id: number; n: number; bytes: Buffer };
  revoked_access_tokens: { jti: string; expires_at: Date };
};

export type AccountsDb = Kysely<PlatformTables & AccountTables>;
export type AccountsTrx = Transaction<PlatformTables & AccountTables>;
