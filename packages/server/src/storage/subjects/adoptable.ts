import { StartError } from "../../platform/errors/start-error.ts";
import { type Found, keyOf, type LeftAlone, type StorageDriver } from "../drivers/contract.ts";

/** What lies at the base and nobody told us of. */
export interface Adoptable {
  readonly found: readonly Found[];
  /** For their names. */
  readonly leftAlone: readonly LeftAlone[];
}

/**
 * Looks at the base, for an operator at the host.
 * @param known by `keyOf`
 * @throws StartError when it can't be looked at
 */
export async function lookForAdoptable(
  driver: Pick<StorageDriver, "probe" | "list" | "leftAlone">,
  known: ReadonlySet<string>,
): Promise<Adoptable> {
  const state = await driver.probe();
  if (!state.ok) throw new StartError(`Storage can't be looked at: ${state.problem}.`, "Mend that, and try again.");
  const found = (await driver.list()).filter((one) => !known.has(keyOf(one)));
  return { found, leftAlone: await driver.leftAlone() };
}
