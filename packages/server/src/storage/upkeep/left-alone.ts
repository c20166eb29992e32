import type { Logger } from "pino";
import { keyOf, type StorageDriver } from "../drivers/contract.ts";

/** Of one line of the log. */
const MOST_NAMED = 20;

/** Says which directories have no name of ours, once, and again when they are others. */
export function createLeftAloneTeller(driver: Pick<StorageDriver, "leftAlone">, log: Logger): () => Promise<void> {
  let told = "";
  return async () => {
    const alone = await driver.leftAlone();
    const now = JSON.stringify(alone.map(keyOf).sort());
    const isNew = alone.length > 0 && now !== told;
    told = now;
    if (!isNew) return;
    const directories = alone.slice(0, MOST_NAMED).map((one) => `${keyOf(one)}: ${one.because}`);
    log.info({ directories, of: alone.length }, "left alone: their names are none that contract 1 has");
  };
}
