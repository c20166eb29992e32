import type { TrashEntry } from "../../api/types.ts";
import type { TakenAnswer, TakenChoice } from "../files/place-each.ts";

export interface Back {
  readonly entry: TrashEntry;
  readonly workspaceId: number;
  /** Where it is now; empty for a workspace. */
  readonly path: string;
}

interface Restoring {
  restore(entry: TrashEntry): Promise<{ readonly workspace_id: number; readonly path: string }>;
  isTaken(entry: TrashEntry): Promise<boolean>;
  /** @param more that are still to come */
  ask(path: string, more: number): Promise<TakenAnswer>;
  /** To the trash, what stands where it was. */
  makeRoom(entry: TrashEntry): Promise<unknown>;
}

/**
 * Brings entries back one after the other, and asks where something else has their name by now: both stay, the one from
 * the trash under a free name; or what is there goes to the trash.
 * @returns those that are back; @throws ApiError the first refusal, with those before it back
 */
export async function restoreEach(entries: readonly TrashEntry[], restoring: Restoring): Promise<Back[]> {
  const back: Back[] = [];
  let forAll: TakenChoice | null = null;
  for (const [at, entry] of workspacesFirst(entries).entries()) {
    if (entry.kind !== "workspace" && (await restoring.isTaken(entry))) {
      let choice: TakenChoice | null = forAll;
      if (choice === null) {
        const answer = await restoring.ask(entry.path, entries.length - at - 1);
        choice = answer.choice;
        if (answer.all) forAll = choice;
      }
      if (choice === "stop") return back;
      if (choice === "skip") continue;
      if (choice === "replace") await restoring.makeRoom(entry);
    }
    const { workspace_id: workspaceId, path } = await restoring.restore(entry);
    back.push({ entry, workspaceId, path });
  }
  return back;
}

/** What was deleted out of a workspace needs it back. */
const workspacesFirst = (entries: readonly TrashEntry[]) =>
  entries.toSorted((a, b) => Number(b.kind === "workspace") - Number(a.kind === "workspace"));
