/** What the old service kept, as far as it is taken over. */
export interface OldUser {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly fullName: string;
  /** Django's: `pbkdf2_sha256$…`, `!…` for none. */
  readonly password: string;
  readonly active: boolean;
  readonly privileged: boolean;
  /** A program: in the group `api_clients`. */
  readonly isClient: boolean;
  readonly joinedAt: Date;
  readonly lastLoginAt: Date | null;
  readonly token: string | null;
}

export interface OldWorkspace {
  readonly id: number;
  readonly userId: number | null;
  readonly name: string;
  readonly description: string;
  /** Below the storage's root: `<external user name>/<id>`. */
  readonly filePath: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly status: string;
  readonly defaultJobType: string | null;
  readonly createdAt: Date;
  readonly modifiedAt: Date | null;
  readonly lastJobLaunchAt: Date | null;
}

export interface OldShare {
  readonly id: number;
  readonly originalId: number | null;
  readonly sharedId: number;
  readonly accepted: boolean;
  readonly lastJobType: string | null;
  readonly lastResourceOptions: Readonly<Record<string, unknown>>;
  readonly createdAt: Date | null;
}

export interface OldJob {
  readonly id: number;
  readonly userId: number | null;
  readonly workspaceId: number | null;
  readonly jobType: string;
  readonly resource: string;
  readonly resourceJobId: number;
  readonly status: string;
  readonly createdAt: Date | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly coreHours: string;
  readonly requestDetails: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
  /** Seconds between start and readiness. */
  readonly timeInit: number | null;
}

/** Who somebody was to another system: Globus, or an account of the host. */
export interface OldIdentity {
  readonly id: number;
  readonly userId: number;
  readonly method: string;
  readonly externalId: string;
  readonly externalUsername: string;
}

export interface OldService {
  readonly users: readonly OldUser[];
  readonly workspaces: readonly OldWorkspace[];
  readonly shares: readonly OldShare[];
  readonly jobs: readonly OldJob[];
  readonly identities: readonly OldIdentity[];
  /** How many people had a quota of their own. */
  readonly quotas: number;
}
