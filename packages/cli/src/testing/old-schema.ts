/** The tables of a User Workspaces Server after all its migrations, as far as an import looks; `serial` numbers rows. */
export function oldSchema(kind: "postgres" | "sqlite"): string {
  const [time, json, decimal] =
    kind === "postgres" ? ["timestamptz", "jsonb", "numeric(10, 5)"] : ["datetime", "text", "decimal"];
  const app = "user_workspaces_server";
  return `
    create table auth_user (
      id integer primary key, password varchar(128) not null, last_login ${time}, is_superuser bool not null,
      username varchar(150) not null unique, last_name varchar(150) not null, email varchar(254) not null,
      is_staff bool not null, is_active bool not null, date_joined ${time} not null, first_name varchar(150) not null);
    create table auth_group (id integer primary key, name varchar(150) not null unique);
    create table auth_user_groups (id integer primary key, user_id integer not null, group_id integer not null);
    create table authtoken_token (key varchar(40) primary key, created ${time} not null, user_id integer not null unique);
    create table ${app}_workspace (
      id bigint primary key, name varchar(64) not null, description text not null, file_path varchar(64) not null,
      disk_space bigint not null, datetime_created ${time} not null, workspace_details ${json} not null,
      user_id_id integer, status varchar(64) not null, default_job_type varchar(64),
      datetime_last_job_launch ${time}, datetime_last_modified ${time});
    create table ${app}_job (
      id bigint primary key, job_type varchar(64) not null, resource_name varchar(64) not null,
      status varchar(64) not null, datetime_start ${time}, datetime_end ${time}, core_hours ${decimal} not null,
      job_details ${json} not null, workspace_id_id bigint, resource_job_id integer not null,
      datetime_created ${time} not null, user_id_id integer, resource_options ${json} not null);
    create table ${app}_sharedworkspacemapping (
      id bigint primary key, last_resource_options ${json}, last_job_type varchar(64),
      original_workspace_id_id bigint, shared_workspace_id_id bigint not null, is_accepted bool not null,
      datetime_share_created ${time});
    create table ${app}_externalusermapping (
      id bigint primary key, external_user_id varchar(128) not null, external_username varchar(64) not null,
      user_authentication_name varchar(64) not null, user_id_id integer, external_user_details ${json});
    create table ${app}_userquota (
      id bigint primary key, max_disk_space integer not null, max_core_hours ${decimal} not null,
      used_disk_space integer not null, used_core_hours ${decimal} not null, user_id_id integer);`;
}

export type Cell = string | number | boolean | null;

/** Rows of the old tables, columns by name. */
export type OldRows = Readonly<Record<string, readonly Readonly<Record<string, Cell>>[]>>;

/** As statements for either database. */
export function insertsOf(rows: OldRows): string {
  return Object.entries(rows)
    .flatMap(([table, list]) =>
      list.map((row) => {
        const values = Object.values(row).map((value) =>
          typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value),
        );
        return `insert into ${table} (${Object.keys(row).join(", ")}) values (${values.join(", ")});`;
      }),
    )
    .join("\n");
}
