import { type Static, Type } from "typebox";
import { BACK_END_PROBLEM_CODES } from "../back-end-problems.ts";
import type { DriverState } from "../drivers/contract.ts";
import { RAISE_REFUSALS } from "../rescue/raise.ts";
import { PROBLEM_CODES, problemCodeOf } from "../subjects/outcomes.ts";
import { effectiveQuota } from "../subjects/queries.ts";
import { REMARK_CODES, remarkCodeOf } from "../subjects/remarks.ts";
import type { SubjectRow } from "../tables.ts";

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Time = Type.String({ format: "date-time" });
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const Bytes = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "Bytes." });

export const Nothing = Type.Null();
export const SubjectParams = Type.Object({ id: Id });

const ProblemCode = Nullable(
  Type.Enum([...PROBLEM_CODES], {
    description: "Of the problem: `failed` may pass, `away`: storage can't be reached, the others need somebody.",
  }),
);

/** What is used and allowed, and where the figures come from. */
const figures = {
  quota: Type.Integer({ description: "Bytes that are allowed; 0: no quota." }),
  effective_quota: Type.Integer({ description: "With a raise that was taken, while it lasts." }),
  quota_set_by: Nullable(Type.String({ description: "Null: it was found so." })),
  quota_set_at: Nullable(Time),
  used: Type.Integer({ description: "Bytes." }),
  usage_kind: Type.Enum(["none", "quota", "apparent"], {
    description: "`quota`: as the kernel or ZFS counts; `apparent`: sizes added up; `none`: not counted yet.",
  }),
  as_of: Nullable(Type.String({ format: "date-time", description: "How old the figure is." })),
  enforced: Type.Boolean({ description: "Whether anything holds them to the quota." }),
  raise: Nullable(Type.Object({ bytes: Bytes, until: Time })),
};

export const Subject = Type.Object({
  id: Id,
  kind: Type.Enum(["user", "group"]),
  name: Type.String(),
  account: Nullable(Type.Object({ id: Id, username: Type.String(), full_name: Type.String() })),
  group: Nullable(Type.Object({ id: Id, name: Type.String() })),
  ...figures,
  adopted: Type.Boolean({ description: "It was there before Stoa." }),
  state: Type.Enum(["ready", "pending", "problem"], {
    description: "`pending`: noted, and being made so. `problem`: tried, and tried again.",
  }),
  problem: Nullable(Type.String()),
  problem_code: ProblemCode,
  remark: Nullable(Type.String({ description: "What an operator should know of it." })),
  remark_code: Nullable(Type.Enum(REMARK_CODES, { description: "Which of the usual remarks it is." })),
  created_at: Time,
});
export type Subject = Static<typeof Subject>;

export const SubjectPage = Type.Object({
  items: Type.Array(Subject),
  next_cursor: Nullable(Type.String()),
  total: Type.Integer(),
});
export const SubjectsQuery = Type.Object({
  kind: Type.Optional(Type.Enum(["user", "group"])),
  search: Type.Optional(Type.String({ maxLength: 200, description: "Part of the name." })),
  account_id: Type.Optional(Id),
  group_id: Type.Optional(Id),
  only: Type.Optional(Type.Enum(["over", "near", "problem", "unlinked"], { description: "`near`: 80 % and more." })),
  sort: Type.Enum(["used", "share", "name", "quota"], {
    default: "used",
    description: "`share`: of its quota. Largest first; names from the beginning.",
  }),
  cursor: Type.Optional(Type.String({ pattern: "^[0-9]{1,7}$" })),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
});

export const HistoryPoint = Type.Object({ at: Time, used: Bytes, quota: Bytes });
export const Forecast = Type.Object(
  {
    bytes_per_day: Type.Integer({ description: "Growth over the last two weeks; negative: it shrinks." }),
    full_at: Nullable(
      Type.String({
        format: "date-time",
        description: "When the quota is reached at this pace; null: not within two years.",
      }),
    ),
  },
  { description: "Null with less than a day's history." },
);
export const SubjectHistory = Type.Object({ points: Type.Array(HistoryPoint), forecast: Nullable(Forecast) });
export const HistoryQuery = Type.Object({ days: Type.Integer({ minimum: 1, maximum: 730, default: 30 }) });

export const NewSubject = Type.Object({
  kind: Type.Enum(["user", "group"]),
  name: Type.String({ minLength: 1, maxLength: 200 }),
  quota: Type.Optional(Bytes),
  account_id: Type.Optional(Id),
  group_id: Type.Optional(Id),
  anew: Type.Optional(
    Type.Boolean({ description: "True: make an empty one although one of this name is in the trash." }),
  ),
});
export const QuotaBody = Type.Object({
  quota: Type.Integer({ ...Bytes, description: "Bytes; 0 takes the quota away." }),
});
export const QuotasBody = Type.Object({
  ids: Type.Array(Id, { minItems: 1, maxItems: 500, uniqueItems: true }),
  quota: QuotaBody.properties.quota,
});
export const QuotasResult = Type.Object({
  items: Type.Array(
    Type.Object({ id: Id, done: Type.Boolean(), problem: Nullable(Type.String()), problem_code: ProblemCode }),
  ),
});
/** One of the two has to be named: a name that nobody knows here would take away whose it is. */
export const LinkBody = Type.Object(
  { account_id: Type.Optional(Nullable(Id)), group_id: Type.Optional(Nullable(Id)) },
  { anyOf: [{ required: ["account_id"] }, { required: ["group_id"] }] },
);
export const RecountBody = Type.Object({ ids: Type.Optional(Type.Array(Id, { maxItems: 500 })) });

export const TrashItem = Type.Object({
  id: Id,
  kind: Type.Enum(["user", "group"]),
  name: Type.String(),
  used: Bytes,
  deleted_at: Time,
  deleted_by: Nullable(Type.String()),
  ends_at: Nullable(Type.String({ format: "date-time", description: "When it is removed for good; null: now." })),
  state: Type.Enum(["moving", "kept", "purging"]),
  problem: Nullable(Type.String()),
  problem_code: ProblemCode,
});
export const TrashPage = Type.Object({ items: Type.Array(TrashItem), next_cursor: Nullable(Type.String()) });
export const TrashQuery = Type.Object({
  cursor: Type.Optional(Type.String({ pattern: "^[0-9]{1,15}$" })),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
});
export const Purging = Type.Object({
  operation_id: Nullable(Type.String({ description: "Null: there was nothing to do." })),
  entries: Type.Integer(),
});

const Capabilities = Type.Object({
  enforced_by: Nullable(Type.Enum(["project", "user", "dataset"])),
  against_accident_only: Type.Boolean({ description: "An owner could move files out of the accounting." }),
  binds_root: Type.Boolean(),
  snapshots: Type.Boolean(),
  trash_outside_quota: Type.Boolean(),
  usage_kind: Type.Enum(["quota", "apparent"]),
  refuses_below_used: Type.Boolean(),
});
export const Overview = Type.Object({
  back_end: Type.Object({
    backend: Type.Enum(["posix", "zfs"]),
    ok: Type.Boolean(),
    problem: Nullable(Type.String({ description: "Also of what works still: a pool without one of its disks." })),
    problem_code: Nullable(
      Type.Enum(BACK_END_PROBLEM_CODES, { description: "Of the problem, for whoever says it in another language." }),
    ),
    problem_params: Nullable(
      Type.Record(Type.String(), Type.String(), { description: "Names and figures in it; `said`: a program's words." }),
    ),
    about: Type.String(),
    size: Nullable(Bytes),
    free: Nullable(Bytes),
    capabilities: Capabilities,
  }),
  people: Type.Object({ count: Type.Integer(), used: Bytes, quota: Bytes }),
  groups: Type.Object({ count: Type.Integer(), used: Bytes, quota: Bytes }),
  over: Type.Integer({ description: "Over their quota." }),
  near: Type.Integer({ description: "At 80 % of it and more, not over." }),
  problems: Type.Integer(),
  trash: Type.Object({ count: Type.Integer(), used: Bytes }),
  oldest_figure: Nullable(Time),
});

export const OwnStorage = Type.Object({
  own: Nullable(Subject),
  groups: Type.Array(Subject),
  level: Type.Enum(["ok", "near", "full", "over"], { description: "Of one's own: 80 %, 100 %, above." }),
  raise: Type.Object({
    possible: Type.Boolean(),
    why_not: Nullable(
      Type.Enum(RAISE_REFUSALS, {
        description:
          "Offered only where it helps. `unenforced`: nothing holds you to the quota; `disk_full`: the disk or pool itself is full; `away`: storage can't be reached just now.",
      }),
    ),
    bytes: Bytes,
    seconds: Type.Integer(),
    comes_first: Type.Boolean({ description: "On ZFS: a full dataset can refuse even to delete." }),
  }),
});

export interface Names {
  readonly accounts: ReadonlyMap<number, { readonly id: number; readonly username: string; readonly fullName: string }>;
  readonly groups: ReadonlyMap<number, { readonly id: number; readonly name: string }>;
}

export function presentSubject(row: SubjectRow, state: DriverState, names: Names): Subject {
  const account = row.account_id === null ? undefined : names.accounts.get(row.account_id);
  const group = row.group_id === null ? undefined : names.groups.get(row.group_id);
  const effective = effectiveQuota(row);
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    account: account === undefined ? null : { id: account.id, username: account.username, full_name: account.fullName },
    group: group === undefined ? null : { id: group.id, name: group.name },
    quota: row.quota,
    effective_quota: effective,
    quota_set_by: row.quota_by,
    quota_set_at: row.quota_at?.toISOString() ?? null,
    used: row.used,
    usage_kind: row.used_kind,
    as_of: row.used_at?.toISOString() ?? null,
    enforced: state.capabilities.enforcedBy !== null && row.enforced_quota === effective,
    raise:
      effective === row.quota || row.raise_until === null
        ? null
        : { bytes: row.raise, until: row.raise_until.toISOString() },
    adopted: row.adopted,
    state: row.settled === row.wanted ? "ready" : row.problem === null ? "pending" : "problem",
    problem: row.problem,
    problem_code: problemCodeOf(row.problem_code),
    remark: row.remark,
    remark_code: remarkCodeOf(row.remark),
    created_at: row.created_at.toISOString(),
  };
}

export function presentTrash(row: SubjectRow, retentionDays: number): Static<typeof TrashItem> {
  const deleted = row.deleted_at ?? new Date();
  const ends = new Date(deleted.getTime() + retentionDays * 86_400_000);
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    used: row.used,
    deleted_at: deleted.toISOString(),
    deleted_by: row.deleted_by,
    ends_at: row.purge_at === null ? ends.toISOString() : null,
    state: row.purge_at !== null ? "purging" : row.settled === row.wanted ? "kept" : "moving",
    problem: row.problem,
    problem_code: problemCodeOf(row.problem_code),
  };
}
