import type { Trx } from "../../platform/database/database.ts";
import type { AccountsDb, AccountTables } from "../tables.ts";
import { activeMemberIds, findGroup, findMember, groupsOf } from "./queries.ts";

/** The group whose members, service accounts all, may get tokens for people they bring. */
export const API_CLIENTS = "api_clients";

/** A group as other domains know it. */
export interface Group {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  /** Part of Stoa; it has service accounts only. */
  readonly builtIn: boolean;
}

/** What other domains may ask about groups. */
export interface Groups {
  /** Null when there is no such group. @param trx one that is open: it must not wait for a second connection */
  get(id: number, trx?: Trx): Promise<Group | null>;
  /** Ids of the active people in it, in order; none for a group that isn't there. */
  membersOf(id: number): Promise<number[]>;
  /** The groups that somebody is in, oldest first. */
  groupsOf(accountId: number): Promise<Group[]>;
  /** By names, since both are numbers. A deactivated member is still one. */
  isMember(membership: { readonly accountId: number; readonly groupId: number }): Promise<boolean>;
}

export function createGroups(db: AccountsDb): Groups {
  return {
    async get(id, trx) {
      const row = await findGroup(trx?.withTables<AccountTables>() ?? db, -1, id);
      return row && groupOf(row);
    },
    membersOf: (id) => activeMemberIds(db, id),
    groupsOf: async (accountId) => (await groupsOf(db, accountId)).map(groupOf),
    isMember: async ({ accountId, groupId }) =>
      (await findMember(db, { id: accountId, isAdmin: false }, groupId, accountId)) !== null,
  };
}

type Row = { readonly id: number; readonly name: string; readonly description: string; readonly built_in: boolean };

function groupOf({ id, name, description, built_in: builtIn }: Row): Group {
  return { id, name, description, builtIn };
}
