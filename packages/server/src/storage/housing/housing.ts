import { realpath } from "node:fs/promises";
import path from "node:path";
import { StartError } from "../../platform/errors/start-error.ts";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { StorageContext } from "../context.ts";
import { BackEndAway } from "../drivers/contract.ts";
import type { SubjectRow } from "../tables.ts";
import type { HousingNeeds } from "./contract.ts";
import { homeSubject } from "./home-subject.ts";

/** Workspaces that lie in people's storage. */
export interface Housing {
  /**
   * Before an account's folders are opened: has those of a new one lie in its storage, which is made for it
   * (STORAGE_WORKSPACES). Asked for all of them, at each work on files: what is known is known from memory.
   * @throws StoaError unavailable: its storage can't be had now, and nothing is begun elsewhere
   */
  house(accountId: number): Promise<void>;
  /** Why storage can't be deleted, or given to somebody else: its person's workspaces lie in it. Null: it can. */
  inUse(row: Pick<SubjectRow, "name" | "account_id">): Promise<string | null>;
  /** Their account is being deleted: what they have is no longer looked for in their storage. Safe to repeat. */
  leave(accountId: number): Promise<void>;
  /** @throws StartError where the settings ask for what can't be */
  check(): void;
}

export function createHousing(context: StorageContext, needs: HousingNeeds): Housing {
  const { driver, people, platform } = context;
  const isInside = platform.config.storage.workspaces === "inside";
  /** Of this process; one that failed is tried again. */
  const known = new Map<number, Promise<void>>();

  async function houseNow(accountId: number): Promise<void> {
    if ((await needs.houses.placeOf(accountId)) !== "empty") return;
    // Nothing is begun for them, and what an ended account has left is only cleared away.
    if ((await people.get(accountId))?.active !== true) return void known.delete(accountId);
    const row = await homeSubject(context, accountId);
    const directory = driver.state.directoryOf(row);
    if (directory === null) throw away(`${row.name} is not mounted on this machine`);
    const base = await realpath(path.dirname(directory)).catch((error: unknown) => {
      throw away(`${directory} is not there`, error);
    });
    await needs.houses.house(accountId, path.join(base, path.basename(directory)));
  }

  return {
    house(accountId) {
      if (!isInside) return Promise.resolve();
      const present = known.get(accountId);
      if (present !== undefined) return present;
      const work = houseNow(accountId).catch((error: unknown) => {
        known.delete(accountId);
        if (error instanceof BackEndAway) throw away(error.message, error);
        if (!(error instanceof StoaError && error.code === "conflict")) throw error;
        // Nothing that they could mend.
        platform.log.error({ err: error, account: accountId }, "no storage can be made for an account");
        throw away(error.message, error);
      });
      known.set(accountId, work);
      return work;
    },
    async inUse({ name, account_id: accountId }) {
      const account = accountId === null ? null : await people.get(accountId);
      if (accountId === null || account === null || account.deleted) return null;
      if ((await needs.houses.placeOf(accountId)) !== "inside") return null;
      const { workspaces, inTrash, sessions } = await needs.belongings(accountId);
      const parts = [
        `${workspaces} workspaces of ${account.username} lie in ${name}`,
        ...(inTrash > 0 ? [`${inTrash} entries of their trash`] : []),
        ...(sessions > 0 ? [`${sessions} sessions run there`] : []),
      ];
      return `${parts.join(", ")}. Delete the account first`;
    },
    async leave(accountId) {
      if ((await needs.houses.placeOf(accountId)) === "inside") await needs.houses.unhouse(accountId);
    },
    check() {
      if (!isInside || !driver.state.ok || driver.state.directoryOf({ kind: "user", name: "any" }) !== null) return;
      throw new StartError(
        "STORAGE_WORKSPACES is inside, and people's storage is not on this machine.",
        "Name a base that is mounted here (STORAGE_BASE_PATH, without STORAGE_SSH), or leave it at apart.",
      );
    },
  };
}

function away(why: string, error?: unknown): StoaError {
  const cause = new Error(why, { cause: error });
  return new StoaError("unavailable", { details: { what: "The storage that your workspaces are to lie in" }, cause });
}
