import type { Logger } from "pino";
import type { Audit, AuditEntry } from "../audit/contract.ts";
import type { Db } from "../database/database.ts";
import { StoaError } from "../errors/stoa-error.ts";
import type { Processes, RunningSession, SystemAccount } from "./contract.ts";
import type { BrokerLink } from "./link.ts";
import { NoSystemAccount } from "./no-system-account.ts";
import { numberOf } from "./numbers.ts";
import { socketPair } from "./socket-pair.ts";
import type { ProcessTables } from "./tables.ts";
import type { UidRange } from "./uid-range.ts";
import { BrokerRefusal } from "./verbs.ts";

export interface ProcessesOptions {
  readonly db: Db;
  readonly audit: Audit;
  readonly link: BrokerLink;
  readonly range: UidRange;
  /** The groups that somebody is in, by their ids; left out: none. */
  readonly groupsOf?: (accountId: number) => Promise<readonly number[]>;
  readonly log: Logger;
}

const SYSTEM: AuditEntry["actor"] = { accountId: null, label: "system", credentialKind: null, credentialId: null };

/** What the server does under people's own accounts, by a broker. */
export function createProcesses(options: ProcessesOptions): Processes {
  const { audit, link, range, groupsOf = async () => [], log } = options;
  const db = options.db.withTables<ProcessTables>();
  const known = new Map<number, Promise<SystemAccount>>();
  const listeners = new Set<(accountId: number) => void>();
  /** As the machine has them, by what this process has done. */
  const synced = new Map<number, string>();

  async function ensure(account: number): Promise<SystemAccount> {
    const { number, confirmed, isNew } = await numberOf(db, range, "account", account, (uid) =>
      link.ask({ verb: "ensure_account", account, uid }),
    );
    const made = { uid: number, ...confirmed };
    if (isNew) await confirm(number, "account", { id: account, about: [account], label: made.name });
    // Before anything runs as them: who has left a group must not come in by it once more.
    await putIntoGroups(account, number, await groupsOf(account));
    return made;
  }

  /** From here on files may carry the number: it stays, whatever the machine says later. */
  async function confirm(
    number: number,
    kind: "account" | "group",
    owner: { readonly id: number; readonly about: readonly number[]; readonly label: string },
  ): Promise<void> {
    await db.transaction().execute(async (trx) => {
      const done = await trx
        .updateTable("system_numbers")
        .set({ confirmed_at: new Date() })
        .where("number", "=", number)
        .where("confirmed_at", "is", null)
        .executeTakeFirst();
      if (done.numUpdatedRows === 0n) return;
      await audit.record(trx, {
        action: `system_${kind}.create`,
        actor: SYSTEM,
        subject: { kind, id: String(owner.id), label: owner.label },
        about: owner.about,
        details: { number },
      });
    });
  }

  function accountOf(accountId: number): Promise<SystemAccount> {
    const present = known.get(accountId);
    if (present !== undefined) return present;
    const made = telling(() => ensure(accountId));
    known.set(accountId, made);
    made.catch(() => known.delete(accountId));
    return made;
  }

  async function putIntoGroups(account: number, uid: number, groups: readonly number[]): Promise<void> {
    const wanted = [...groups].sort((a, b) => a - b).join(",");
    const before = synced.get(account);
    if (before === wanted) return;
    synced.delete(account);
    const gids: number[] = [];
    // One by one, so that a number which is another's on this machine is known as that group's.
    for (const group of groups) {
      const tryOn = (gid: number) => link.ask({ verb: "sync_groups", account, uid, gids: [...gids, gid] });
      gids.push(await groupNumber(group, tryOn));
    }
    if (groups.length === 0) await link.ask({ verb: "sync_groups", account, uid, gids });
    synced.set(account, wanted);
    if (before !== undefined) for (const listener of listeners) listener(account);
  }

  async function groupNumber(group: number, tryOn: (gid: number) => Promise<unknown>): Promise<number> {
    const { number, isNew } = await numberOf(db, range, "group", group, tryOn);
    if (isNew) await confirm(number, "group", { id: group, about: [], label: `stoa-g${number}` });
    return number;
  }

  /** What a broker refuses is ours or the machine's fault, never the person's; the log says which. */
  async function telling<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StoaError) throw error;
      if (error instanceof BrokerRefusal && error.code === "full") {
        throw new StoaError("disk_full", { details: { what: "what the person's own processes need" }, cause: error });
      }
      log.error({ err: error }, "what must be done under a person's own account was not done");
      throw new NoSystemAccount(error);
    }
  }

  /** Without a broker there is nobody to end it; an agent ends with its connection, unless it is stuck. */
  function endQuietly(process: number): Promise<void> {
    return link.ask({ verb: "end", process }).then(
      () => undefined,
      () => undefined,
    );
  }

  return {
    accountOf,
    async runAgent(account) {
      const { uid } = await accountOf(account);
      return telling(async () => {
        const [socket, theirs] = await socketPair();
        try {
          const { pid, process } = await link.ask({ verb: "run_agent", account, uid }, theirs);
          return { pid, socket, end: () => endQuietly(process) };
        } catch (error) {
          socket.destroy();
          throw error;
        }
      });
    },
    async runSession(account, job, task, input, share): Promise<RunningSession> {
      const { uid } = await accountOf(account);
      return telling(async () => {
        const text = JSON.stringify(input ?? null);
        const verb = { verb: "run_session", account, uid, job, task, input: text, share: share ?? null } as const;
        const { pid, process } = await link.ask(verb);
        return { pid, ended: link.ended(process), end: () => endQuietly(process) };
      });
    },
    async endSession(account, job, marker, how) {
      const { uid } = await accountOf(account);
      return telling(() => link.ask({ verb: "end_session", account, uid, job, marker, how }));
    },
    async house(account, name) {
      const { uid } = await accountOf(account);
      return telling(() => link.ask({ verb: "house", account, uid, name }));
    },
    async unhouse(account) {
      const { uid } = await accountOf(account);
      await telling(() => link.ask({ verb: "unhouse", account, uid }));
    },
    async moveIn(account, name) {
      const { uid } = await accountOf(account);
      return telling(() => link.ask({ verb: "move_in", account, uid, name }));
    },
    async openAside(account) {
      const { uid } = await accountOf(account);
      return (await telling(() => link.ask({ verb: "open_aside", account, uid }))).found;
    },
    async removeAside(account) {
      const { uid } = await accountOf(account);
      return (await telling(() => link.ask({ verb: "remove_aside", account, uid }))).gone;
    },
    async ownerOf(uid) {
      const row = await db
        .selectFrom("system_numbers")
        .select("owner_id")
        .where("number", "=", uid)
        .where("kind", "=", "account")
        .executeTakeFirst();
      return row?.owner_id ?? null;
    },
    async gidOf(groupId) {
      const row = await db
        .selectFrom("system_numbers")
        .select("number")
        .where("kind", "=", "group")
        .where("owner_id", "=", groupId)
        .where("confirmed_at", "is not", null)
        .executeTakeFirst();
      return row?.number ?? null;
    },
    async recheckGroups(accountId) {
      const affected = accountId === null ? [...known.keys()] : [accountId].filter((id) => known.has(id));
      for (const id of affected) {
        await telling(async () => putIntoGroups(id, (await accountOf(id)).uid, await groupsOf(id)));
      }
    },
    onGroupsChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
