/** What the server answers, as far as the portal reads it. Times are ISO 8601, sizes bytes. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

export interface Me {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly full_name: string;
  readonly organization: string | null;
  readonly is_admin: boolean;
  readonly locale: "en" | "fa" | null;
  readonly created_at: string;
  readonly last_login: string | null;
  readonly email_verified: boolean;
  /** Wanted, but not verified yet: `email` counts until then. */
  readonly new_email: string | null;
  /** Whether others find one when they look for people. */
  readonly directory_visible: boolean;
  readonly second_factor: boolean;
  /** When the account will be deleted, if nobody cancels. */
  readonly deletion_due_at: string | null;
}

/** How the portal looks to a person, in every browser of theirs. */
export interface Display {
  readonly calendar: "auto" | "gregory" | "persian";
  readonly digits: "auto" | "latin" | "persian";
  readonly color_scheme: "auto" | "light" | "dark";
  /** The first visit's tour was seen or skipped. */
  readonly tour_done: boolean;
}

export interface WebSession {
  readonly account: Me | null;
  /** Null: nothing was ever chosen. */
  readonly display: Display | null;
  readonly csrf_token: string;
  readonly registration: "open" | "closed" | "domains";
  readonly default_locale: "en" | "fa";
  readonly version: string;
  readonly features: Readonly<Record<string, boolean>>;
  readonly must_change_password: boolean;
  /** What stands between the person and the rest: something to set up or to prove, or an account about to go. */
  readonly limitation: "second-factor" | "deletion" | "unverified" | null;
  /** By which administrator this very session acts as the account. */
  readonly acting?: ActedAs | null;
  /** Administrators who act as the account now, elsewhere. */
  readonly acted_as_by?: readonly ActedAs[];
  /** Acting as somebody is over, and the administrator's own sign-in can be returned to. */
  readonly can_return?: boolean;
  /** Nobody is signed in: the sign-in grew too old, and nobody ended it. */
  readonly ran_out?: boolean;
}

/** That an administrator acted as somebody, or does. */
export interface ActedAs {
  readonly id: number;
  readonly by: { readonly id: number; readonly username: string; readonly full_name: string };
  readonly reason: string;
  readonly begun_at: string;
  readonly ends_at: string;
  /** Null: it goes on. */
  readonly ended_at: string | null;
}

export interface Person extends Me {
  /** `pending`: registered, but the address was not confirmed. `deleted`: only the user name is left. */
  readonly status: "active" | "pending" | "deactivated" | "deleted";
}

/** As a list shows them. */
export interface ListedPerson extends Person {
  readonly last_seen: string | null;
  /** What each domain tells of them: `sessions_running`, `room_bytes`. */
  readonly glance: Readonly<Record<string, number>>;
}

export interface PersonalToken {
  readonly key_id: string;
  readonly label: string;
  readonly status: "active" | "revoked" | "expired";
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly expiry_at: string | null;
  readonly hard_expiry_at: string | null;
  readonly last_used_at: string | null;
  readonly last_ip: string | null;
  readonly last_ua: string | null;
  readonly usage_count: number;
}

/** Contract 3's W. */
export interface Workspace {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly disk_space: number;
  readonly datetime_created: string;
  readonly datetime_last_modified: string | null;
  readonly datetime_last_job_launch: string | null;
  readonly status: "initializing" | "idle" | "active" | "deleting" | "error";
  readonly default_job_type: string | null;
}

export interface FileEntry {
  readonly name: string;
  readonly path: string;
  readonly type: "file" | "folder" | "symlink" | "other";
  readonly size: number | null;
  readonly modified_at: string;
  /** False: its name on the disk is no text, and no path leads to it. */
  readonly openable: boolean;
}

export interface FileList<Entry extends FileEntry = FileEntry> extends Page<Entry> {
  readonly path: string;
}

export type SessionStatus = "pending" | "running" | "stopping" | "complete" | "failed";

/** A sentence of the server's: told in the reader's language by code and params; without a code, as it is. */
export interface Saying {
  readonly text: string;
  readonly code: string | null;
  readonly params: Readonly<Record<string, string>> | null;
}

export interface Told extends Saying {
  /** The sentence that stands for `{{reason}}` in this one. */
  readonly because: Saying | null;
}

/** By what a session is kept apart from others, held to its limits, and ended with all that it started. */
export interface Means {
  readonly isolation: "account" | "sandbox" | "account-and-sandbox" | "none";
  readonly network: "shared" | "closed" | "pasta" | "slirp4netns";
  readonly limits: "cgroup-v2" | "cgroup-v1" | "watching";
  readonly ending: "cgroup-kill" | "cgroup-freezer" | "pid-namespace" | "proc-scan";
}

export interface Session {
  readonly id: number;
  readonly owner_id: number;
  readonly owner: { readonly id: number; readonly username: string; readonly full_name: string };
  readonly workspace: { readonly id: number; readonly name: string };
  /** Where in its workspace it was started, below the root; null: at the root. */
  readonly folder: string | null;
  readonly job_type: string;
  readonly job_type_name: string;
  readonly status: SessionStatus;
  readonly ready: boolean;
  /** Why it ended or is ending. */
  readonly reason: string | null;
  readonly message: string | null;
  readonly reason_told: Told | null;
  /** What is being made for it before its program starts. */
  readonly preparing: Told | null;
  readonly means: Means | null;
  readonly steps: readonly (Told & { readonly at: string })[];
  readonly created_at: string;
  readonly started_at: string | null;
  readonly ready_at: string | null;
  readonly ended_at: string | null;
  readonly exit_status: number | null;
  readonly exit_signal: string | null;
  /** Five decimals. */
  readonly core_hours: string;
  /** Five decimals: set aside for its whole time limit, until it has ended. */
  readonly core_hours_reserved: string;
  /** Seconds. */
  readonly time_left: number | null;
  readonly ends_at: string | null;
  /** What one click adds; null: it can't be extended. */
  readonly extend: { readonly minutes: number; readonly until: string } | null;
  /** When it is stopped unless somebody uses it; null: not for being idle. */
  readonly idle: { readonly stops_at: string; readonly after_seconds: number; readonly warned: boolean } | null;
  /** What stands at its own origin. */
  readonly opens: "terminal" | "program" | "nothing";
  readonly has_terminal: boolean;
  readonly resource: {
    readonly id: string;
    readonly node: string;
    readonly cpus: number;
    readonly time_limit_seconds: number | null;
    readonly options: Readonly<Record<string, unknown>>;
  };
}

export interface SessionType {
  readonly id: string;
  readonly name: string;
  readonly icon: string;
  /** Names of the parameters that it takes. */
  readonly parameters: readonly string[];
  readonly has_terminal: boolean;
  /** What may be asked of it alone. */
  readonly own_parameters: readonly Parameter[];
  /** Why you can't start it: you may not, or something is not there. */
  readonly refused: string | null;
  /** The same, to tell in another language. */
  readonly refused_told: Told | null;
}

/** What an option takes, as JSON; what is in a list or a table is the server's to judge. */
export type OptionValue = number | boolean | string | readonly unknown[] | Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly display_name: string;
  readonly description: string;
  readonly variable_name: string;
  readonly default_value: OptionValue | null;
  readonly validation: {
    readonly type: string;
    readonly min?: number | null;
    readonly max?: number | null;
    readonly required?: boolean;
    /** Nothing else is taken; empty: anything that fits. */
    readonly choices?: readonly (string | number)[];
  };
}

export type OperationState = "queued" | "running" | "succeeded" | "failed" | "cancelled";

export interface Operation {
  readonly id: string;
  readonly kind: string;
  readonly subject: { readonly kind: string; readonly id: string };
  readonly actor: { readonly account_id: number | null; readonly label: string };
  readonly state: OperationState;
  readonly progress: number | null;
  readonly message: string | null;
  readonly error: { readonly code: string; readonly message: string; readonly remedy?: string } | null;
  readonly attempt: number;
  readonly attempts: number;
  readonly cancel_requested: boolean;
  readonly can_cancel: boolean;
  readonly can_retry: boolean;
  /** Why it can't be cancelled; null: it can. */
  readonly cannot_cancel: "ended" | "asked" | "settling" | "kind" | "not_yours" | null;
  /** When an operator said of its failure that it was seen to. */
  readonly looked_at: string | null;
  /** In a list of a person: they asked for it, or it concerns them. */
  readonly role?: "asked" | "concerned";
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly history?: readonly OperationLine[];
}

export interface OperationLine {
  readonly at: string;
  /** Of the platform's own lines, told in the reader's language with `params`; null for all others. */
  readonly code: string | null;
  readonly params: Readonly<Record<string, string | number>> | null;
  readonly text: string;
}

export interface AuditLine {
  readonly id: number | string;
  /** Its place in the chain; null until it is sealed. */
  readonly seq: number | null;
  readonly at: string;
  readonly action: string;
  readonly actor: {
    readonly account_id: number | null;
    readonly label: string | null;
    readonly credential_kind: string | null;
    readonly credential_id: string | null;
  };
  readonly subject: { readonly kind: string; readonly id: string; readonly label: string | null };
  readonly outcome: string;
  readonly address: string | null;
  readonly request_id: string | null;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface TrashEntry {
  readonly id: number;
  readonly kind: "file" | "folder" | "symlink" | "other" | "workspace";
  /** Where it was below its workspace; empty for a workspace. */
  readonly path: string;
  readonly workspace: { readonly id: number; readonly name: string };
  readonly size: number | null;
  readonly deleted_at: string;
  readonly expires_at: string;
}
