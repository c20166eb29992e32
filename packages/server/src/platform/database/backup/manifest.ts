import { createHmac, timingSafeEqual } from "node:crypto";
import type { SequenceState } from "./catalogue.ts";

/** Raised when a change makes older readers wrong. */
export const FORMAT_VERSION = 1;

/** The first part: what is known before anything was read. */
export interface BackupHead {
  readonly format: number;
  readonly stoa: string;
  readonly createdAt: string;
  readonly postgres: string;
  /** Migrations in the database, in order. */
  readonly migrations: readonly string[];
  readonly includes: { readonly files: boolean; readonly secretKey: boolean };
}

/** The last part. */
export interface BackupManifest extends BackupHead {
  /** Rows of each table. */
  readonly tables: Readonly<Record<string, number>>;
  readonly sequences: readonly SequenceState[];
  readonly files: { readonly entries: number; readonly bytes: number };
  /** Left out, and why: the first hundred. */
  readonly skipped: readonly string[];
  readonly skippedCount: number;
  /** SHA-256 over the hashes of all parts before this one. */
  readonly digest: string;
  /** HMAC-SHA-256 of the rest of this object, by a key of Stoa's secret key: who lacks that can't forge a backup. */
  readonly seal?: string;
}

/** The manifest with its seal. */
export function seal(manifest: BackupManifest, key: Buffer | null): BackupManifest {
  return key === null ? manifest : { ...manifest, seal: sealOf(manifest, key) };
}

/** True unless there is a seal and a key, and they don't agree. */
export function sealHolds(manifest: BackupManifest, key: Buffer | null): boolean {
  if (key === null || manifest.seal === undefined) return true;
  const expected = Buffer.from(sealOf(manifest, key));
  const found = Buffer.from(String(manifest.seal));
  return expected.length === found.length && timingSafeEqual(expected, found);
}

function sealOf(manifest: BackupManifest, key: Buffer): string {
  const { seal: _, ...rest } = manifest;
  return createHmac("sha256", key).update(JSON.stringify(rest)).digest("hex");
}
