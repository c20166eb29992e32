import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import { asObject } from "../../importing/foreign-values.ts";
import type { OldDatabase, OldRow } from "./old-database.ts";
import type { OldIdentity, OldJob, OldService, OldShare, OldUser, OldWorkspace } from "./old-rows.ts";
import { readDecimal, readFlag, readId, readObject, readText, readTime } from "./read-values.ts";

const APP = "user_workspaces_server";
const LONG_AGO = new Date(0);

/**
 * Everything that is taken over, of any version of the old schema: a column that a version lacks is empty.
 * @throws StartError when it is not the old service's database
 */
export async function readOldService(database: OldDatabase): Promise<OldService> {
  const read = (table: string, columns: readonly string[]) => readTable(database, table, columns);
  const workspaces = await database.columns(`${APP}_workspace`);
  const users = await database.columns("auth_user");
  if (workspaces.size === 0 || users.size === 0) {
    throw new StartError(
      `The database given is not a User Workspaces Server's: it has no ${users.size === 0 ? "auth_user" : `${APP}_workspace`}.`,
      "Give the database that DATABASES in the old django_config.json names.",
    );
  }
  return {
    users: await readUsers(read),
    workspaces: (await read(`${APP}_workspace`, workspaceColumns)).flatMap(workspaceOf),
    shares: (await read(`${APP}_sharedworkspacemapping`, shareColumns)).flatMap(shareOf),
    jobs: (await read(`${APP}_job`, jobColumns)).flatMap(jobOf),
    identities: (await read(`${APP}_externalusermapping`, identityColumns)).flatMap(identityOf),
    quotas: (await read(`${APP}_userquota`, ["id"])).length,
  };
}

type Read = (table: string, columns: readonly string[]) => Promise<OldRow[]>;

async function readTable(database: OldDatabase, table: string, columns: readonly string[]): Promise<OldRow[]> {
  const present = await database.columns(table);
  const known = columns.filter((name) => present.has(name));
  return known.length === 0 ? [] : database.rows(table, known);
}

// Django names the column of a foreign key after the field, with _id behind it: the fields are named user_id already.
const workspaceColumns = [
  "id",
  "user_id_id",
  "name",
  "description",
  "file_path",
  "workspace_details",
  "status",
  "default_job_type",
  "datetime_created",
  "datetime_last_modified",
  "datetime_last_job_launch",
];
const shareColumns = [
  "id",
  "original_workspace_id_id",
  "shared_workspace_id_id",
  "is_accepted",
  "last_job_type",
  // Called so in older versions.
  "last_params",
  "last_resource_options",
  "datetime_share_created",
];
const jobColumns = [
  "id",
  "user_id_id",
  "workspace_id_id",
  "job_type",
  "resource_name",
  "resource_job_id",
  "status",
  "datetime_created",
  "datetime_start",
  "datetime_end",
  "core_hours",
  "job_details",
  "resource_options",
];
const identityColumns = ["id", "user_id_id", "user_authentication_name", "external_user_id", "external_username"];
const userColumns = [
  "id",
  "username",
  "email",
  "first_name",
  "last_name",
  "password",
  "is_active",
  "is_staff",
  "is_superuser",
  "date_joined",
  "last_login",
];

async function readUsers(read: Read): Promise<OldUser[]> {
  const tokens = await read("authtoken_token", ["user_id", "key"]);
  const tokenOf = new Map(tokens.map((row) => [readId(row, "user_id"), readText(row, "key")]));
  const groups = await read("auth_group", ["id", "name"]);
  const clients = new Set(groups.filter((row) => row.name === "api_clients").map((row) => row.id));
  const members = await read("auth_user_groups", ["user_id", "group_id"]);
  const isClient = new Set(
    members.filter((row) => clients.has(row.group_id ?? "")).map((row) => readId(row, "user_id")),
  );
  return (await read("auth_user", userColumns)).flatMap((row) => {
    const id = readId(row, "id");
    if (id === null) return [];
    return {
      id,
      username: readText(row, "username"),
      email: readText(row, "email"),
      fullName: `${readText(row, "first_name")} ${readText(row, "last_name")}`.trim(),
      password: readText(row, "password"),
      active: readFlag(row, "is_active"),
      privileged: readFlag(row, "is_superuser") || readFlag(row, "is_staff"),
      isClient: isClient.has(id),
      joinedAt: readTime(row, "date_joined") ?? LONG_AGO,
      lastLoginAt: readTime(row, "last_login"),
      token: tokenOf.get(id) ?? null,
    };
  });
}

function workspaceOf(row: OldRow): OldWorkspace[] {
  const id = readId(row, "id");
  if (id === null) return [];
  return [
    {
      id,
      userId: readId(row, "user_id_id"),
      name: readText(row, "name"),
      description: readText(row, "description"),
      filePath: row.file_path ?? "",
      details: readObject(row, "workspace_details"),
      status: readText(row, "status") || "idle",
      defaultJobType: readText(row, "default_job_type") || null,
      createdAt: readTime(row, "datetime_created") ?? LONG_AGO,
      modifiedAt: readTime(row, "datetime_last_modified"),
      lastJobLaunchAt: readTime(row, "datetime_last_job_launch"),
    },
  ];
}

function shareOf(row: OldRow): OldShare[] {
  const id = readId(row, "id");
  const sharedId = readId(row, "shared_workspace_id_id");
  if (id === null || sharedId === null) return [];
  return [
    {
      id,
      sharedId,
      originalId: readId(row, "original_workspace_id_id"),
      accepted: readFlag(row, "is_accepted"),
      lastJobType: readText(row, "last_job_type") || null,
      lastResourceOptions: { ...readObject(row, "last_params"), ...readObject(row, "last_resource_options") },
      createdAt: readTime(row, "datetime_share_created"),
    },
  ];
}

function jobOf(row: OldRow): OldJob[] {
  const id = readId(row, "id");
  if (id === null) return [];
  const details = readObject(row, "job_details");
  const timeInit = asObject(details.metrics).time_init;
  const resourceJobId = Number(row.resource_job_id ?? -1);
  return [
    {
      id,
      userId: readId(row, "user_id_id"),
      workspaceId: readId(row, "workspace_id_id"),
      jobType: readText(row, "job_type"),
      resource: readText(row, "resource_name"),
      resourceJobId: Number.isSafeInteger(resourceJobId) ? resourceJobId : -1,
      status: readText(row, "status"),
      createdAt: readTime(row, "datetime_created"),
      startedAt: readTime(row, "datetime_start"),
      endedAt: readTime(row, "datetime_end"),
      coreHours: readDecimal(row, "core_hours"),
      requestDetails: asObject(details.request_job_details),
      options: readObject(row, "resource_options"),
      timeInit: typeof timeInit === "number" && timeInit >= 0 ? timeInit : null,
    },
  ];
}

function identityOf(row: OldRow): OldIdentity[] {
  const [id, userId] = [readId(row, "id"), readId(row, "user_id_id")];
  if (id === null || userId === null) return [];
  const method = readText(row, "user_authentication_name");
  const externalId = readText(row, "external_user_id");
  return [{ id, userId, method, externalId, externalUsername: readText(row, "external_username") }];
}
