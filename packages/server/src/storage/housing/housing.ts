import { StartError } from "../../platform/errors/start-error.ts";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Housed } from "../../platform/processes/inside-storage.ts";
import type { StorageContext } from "../context.ts";
import { BackEndAway } from "../drivers/contract.ts";
import { removeAside } from "../moving/asides.ts";
import { createGate, type Pass } from "../moving/gate.ts";
import { putInOrder } from "../moving/move-in-operation.ts";
import { holdsUp, moveOf } from "../moving/move-rows.ts";
import type { SubjectRow } from "../tables.ts";
import type { HousingNeeds } from "./contract.ts";
import { directoryFor, storageAway } from "./home-directory.ts";
import { homeSubject } from "./home-subject.ts";

/** Milliseconds for what one who waits for it may have to remove. */
const MEND_MS = 10 * 60_000;
const FREE: Pass = { signal: null, release: () => undefined };

/** Workspaces that lie in people's storage. */
export interface Housing {
  /**
   * Before an account's folders are opened: has those of a new one lie in its storage, which is made for it
   * (STORAGE_WORKSPACES). Asked for all of them, at each work on files: what is known is known from memory.
   * @returns where they lie then
   * @throws StoaError unavailable: its storage can't be had now, and nothing is begun elsewhere
   */
  house(accountId: number): Promise<Housed>;
  /** The same; they are not moved until it is released. @throws StoaError unavailable: they are being moved now */
  enter(accountId: number): Promise<Pass>;
  /** Where an account's workspaces lie is looked at anew. */
  forget(accountId: number): void;
  start(): void;
  stop(): void;
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
  const known = new Map<number, Promise<Housed>>();
  const forget = (accountId: number) => void known.delete(accountId);
  const gate = createGate(platform, context.db, async (accountId) => {
    if (holdsUp(await moveOf(context.db, accountId))) await endGivenUp(accountId);
    return !holdsUp(await moveOf(context.db, accountId));
  });

  /** Puts in order what a move that nobody goes on with has left. */
  async function endGivenUp(accountId: number): Promise<void> {
    const move = await moveOf(context.db, accountId);
    if (move === null || move.isLive || move.state === "moved") return;
    await putInOrder({ ...context, needs }, move, AbortSignal.timeout(MEND_MS), forget);
  }

  async function houseNow(accountId: number): Promise<Housed> {
    const place = await needs.houses.placeOf(accountId);
    if (place !== "empty") return place;
    // Nothing is begun for them, and what an ended account has left is only cleared away.
    if ((await people.get(accountId))?.active !== true) {
      forget(accountId);
      return "apart";
    }
    const row = await homeSubject(context, accountId);
    return needs.houses.house(accountId, await directoryFor(context, row));
  }

  function house(accountId: number): Promise<Housed> {
    if (!isInside) return Promise.resolve("apart");
    const present = known.get(accountId);
    if (present !== undefined) return present;
    const work = houseNow(accountId).catch((error: unknown) => {
      known.delete(accountId);
      if (error instanceof BackEndAway) throw storageAway(error.message, error);
      if (!(error instanceof StoaError && error.code === "conflict")) throw error;
      // Nothing that they could mend.
      platform.log.error({ err: error, account: accountId }, "no storage can be made for an account");
      throw storageAway(error.message, error);
    });
    known.set(accountId, work);
    return work;
  }

  return {
    house,
    forget,
    start: () => gate.start(),
    stop: () => gate.stop(),
    async enter(accountId) {
      const place = await house(accountId);
      return isInside && place === "apart" ? gate.enter(accountId) : FREE;
    },
    async inUse({ name, account_id: accountId }) {
      const account = accountId === null ? null : await people.get(accountId);
      if (accountId === null || account === null || account.deleted) return null;
      const move = await moveOf(context.db, accountId);
      if (holdsUp(move)) return `The workspaces of ${account.username} are being moved into ${name}`;
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
      await endGivenUp(accountId);
      await removeAside(context, needs, accountId, AbortSignal.timeout(MEND_MS));
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
