import { chmodSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type OpenedOwn, openedOwn } from "./opened.ts";

export interface OpenedWithStorage extends OpenedOwn {
  /** Where everybody's directories are. */
  readonly base: string;
  /** As if that much of so much, in bytes, had just been counted. */
  count(name: string, used: number, quota: number): Promise<void>;
}

/**
 * At a server of the file's own, whose storage lies in a directory.
 * @param main the program that serves, where it isn't the real one
 * @param base for who needs it before the settings
 */
export function openedWithStorage(
  env: Readonly<Record<string, string>> = {},
  main: string | null = null,
  base: string = newStorageBase(),
): OpenedWithStorage {
  const stoa = openedOwn(
    {
      STORAGE_BASE_PATH: base,
      // As root there is a broker, which gives directories to their people's accounts only.
      ...(process.getuid?.() === 0 ? { STORAGE_OWNERSHIP: "account" } : {}),
      ...env,
    },
    main,
  );
  return Object.assign(stoa, {
    base,
    async count(name: string, used: number, quota: number) {
      await stoa.database.query(
        `update storage_subjects set used = $2, quota = $3, used_kind = 'apparent', used_at = now(),
           scan_at = now() + interval '1 day' where name = $1 and deleted_at is null`,
        [name, used, quota],
      );
      await stoa.database.query(`insert into events (type, subject_kind, subject_id, visibility, data)
        values ('storage.counted', 'storage', 'all', 'internal', '{"ids": null}')`);
    },
  });
}

/** Below the system's temporary directory; removed after the file, by a hook. */
export function newStorageBase(): string {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "stoa-storage-base-")));
  // People's accounts must get through to their directories.
  chmodSync(base, 0o711);
  afterAll(() => rmSync(base, { recursive: true, force: true }));
  return base;
}
