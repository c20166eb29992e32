import { StartError } from "../../errors/start-error.ts";
import { damaged } from "./damaged.ts";
import type { PartHeader } from "./frames.ts";
import { type BackupHead, type BackupManifest, FORMAT_VERSION, sealHolds } from "./manifest.ts";

/** @throws StartError when this is no backup, or one in a newer format. */
export function checkHead(header: PartHeader): BackupHead {
  const { part, ...head } = header as PartHeader & Partial<BackupHead>;
  if (part !== "head" || !Array.isArray(head.migrations)) throw damaged("it does not begin as a backup of Stoa");
  if (head.format !== FORMAT_VERSION) {
    throw new StartError(
      `The backup's format is ${head.format}; this release reads format ${FORMAT_VERSION}.`,
      `Restore it with Stoa ${head.stoa} or later.`,
    );
  }
  return head as BackupHead;
}

/**
 * @param digest of the parts that were read
 * @throws StartError when the manifest doesn't fit them, or its seal was made with another key.
 */
export function checkManifest(
  header: PartHeader,
  head: BackupHead,
  digest: string,
  sealKey: Buffer | null,
): BackupManifest {
  const { part: _, ...manifest } = header as PartHeader & Partial<BackupManifest>;
  if (manifest.digest !== digest || !manifest.tables || !manifest.sequences) throw damaged("parts of it are missing");
  if (!sealHolds(manifest as BackupManifest, sealKey)) {
    throw new StartError(
      "The backup's seal does not fit: it was changed, or made by a Stoa with another secret key.",
      `Nothing was changed. Set the secret key that was in use on ${head.createdAt} (STOA_SECRET_KEY), or use another copy.`,
    );
  }
  return manifest as BackupManifest;
}
