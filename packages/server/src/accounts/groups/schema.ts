import { type Static, Type } from "typebox";
import { AccountId, Time } from "../schema.ts";
import type { Viewer } from "./policy.ts";
import { mayManage } from "./policy.ts";
import type { GroupRow, MemberRow } from "./queries.ts";

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const GroupId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const Cursor = Type.Optional(Type.String({ maxLength: 100 }));
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 }));
const Role = Type.Union([Type.Literal("owner"), Type.Literal("member")]);

export const Group = Type.Object({
  id: GroupId,
  name: Type.String(),
  description: Type.String(),
  built_in: Type.Boolean({ description: "Part of Stoa: for service accounts, managed by administrators." }),
  member_count: Type.Integer({ description: "Active ones, owners included." }),
  own_role: Nullable(Role),
  may_manage: Type.Boolean({ description: "Whether the caller may change it and its members." }),
  created_at: Time,
  updated_at: Time,
});
export type Group = Static<typeof Group>;

export const GroupPage = Type.Object({ items: Type.Array(Group), next_cursor: Nullable(Type.String()) });

export const GroupsQuery = Type.Object({
  which: Type.Optional(
    Type.Union([Type.Literal("own"), Type.Literal("all")], { default: "own", description: "`all`: administrators." }),
  ),
  search: Type.Optional(Type.String({ maxLength: 200, description: "In names and descriptions." })),
  cursor: Cursor,
  limit: Limit,
});

const Name = Type.String({ maxLength: 256, description: "1 to 64 characters; no two groups have one name." });
const Description = Type.String({ maxLength: 4_000, description: "At most 1,000 characters." });
export const NewGroupBody = Type.Object({ name: Name, description: Type.Optional(Description) });
export const GroupChangeBody = Type.Object({ name: Type.Optional(Name), description: Type.Optional(Description) });
export const GroupParams = Type.Object({ id: GroupId });

export const Member = Type.Object({
  account_id: AccountId,
  kind: Type.Union([Type.Literal("person"), Type.Literal("service")]),
  username: Type.String(),
  full_name: Type.String(),
  email: Nullable(
    Type.String({
      description:
        "Null: of a service, of somebody who is in no directory, or who has it only by the word of a service that is not yours.",
    }),
  ),
  active: Type.Boolean(),
  role: Role,
  added_at: Time,
});
export type Member = Static<typeof Member>;

export const MemberPage = Type.Object({ items: Type.Array(Member), next_cursor: Nullable(Type.String()) });
export const MembersQuery = Type.Object({ cursor: Cursor, limit: Limit });
export const MemberParams = Type.Object({ id: GroupId, account_id: AccountId });
export const MemberBody = Type.Object({
  role: Type.Optional(Role),
});

export function presentGroup(row: GroupRow, viewer: Viewer): Group {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    built_in: row.built_in,
    member_count: row.member_count,
    own_role: row.own_role,
    may_manage: mayManage(viewer, row),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

export function presentMember(row: MemberRow, viewer: Viewer): Member {
  const showsEmail = row.kind === "person" && (row.directory_visible || viewer.isAdmin || viewer.id === row.id);
  return {
    account_id: row.id,
    kind: row.kind,
    username: row.username,
    full_name: row.full_name,
    email: showsEmail && row.email !== "" ? row.email : null,
    active: row.status === "active",
    role: row.is_owner ? "owner" : "member",
    added_at: row.added_at.toISOString(),
  };
}
