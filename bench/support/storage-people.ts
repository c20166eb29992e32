import { hasZfsFuse, startZfsFuse } from "../../tests/peers/storage/zfs-fuse.ts";
import { discard, newDataDir, type StoaProcess, startStoa } from "../../tests/support/stoa-process.ts";
import { atMost, type Row } from "./report.ts";

const PEOPLE = 1_000;
const AT_ONCE = 32;

/** Makes so many people with quotas by contract 1, 32 requests at a time. @returns seconds until the last was there */
export async function makePeople(
  { url }: Pick<StoaProcess, "url">,
  headers: Readonly<Record<string, string>>,
  count: number,
): Promise<number> {
  const begun = performance.now();
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < count; index = next++) {
      const body = JSON.stringify({ name: `person-${index}`, quota: 10 * 2 ** 30 });
      const answer = await fetch(`${url}/api/v1/users/`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body,
      });
      if (answer.status !== 204) throw new Error(`${answer.status}: ${await answer.text()}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return Number(((performance.now() - begun) / 1000).toFixed(1));
}

/** The same on zfs-fuse, where nothing is mounted: that can't have more than a thousand mounts. None: it isn't here. */
export async function onDatasets(
  env: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): Promise<Row[]> {
  if (!hasZfsFuse()) return [];
  await using fuse = await startZfsFuse();
  const base = `${fuse.pool}/home`;
  await fuse.zfs("create", "-o", "mountpoint=none", base);
  const zfs = { STORAGE_BACKEND: "zfs", STORAGE_BASE_PATH: base };
  const stoa = await startStoa({ dataDir: newDataDir(), env: { ...env, ...zfs } });
  try {
    const seconds = await makePeople(stoa, headers, PEOPLE);
    return [atMost("1,000 people made with quotas, on datasets of zfs-fuse", seconds, 60, "s", "mountpoint=none")];
  } finally {
    await discard(stoa);
  }
}
