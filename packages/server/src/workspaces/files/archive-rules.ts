import { StoaError } from "../../platform/errors/stoa-error.ts";

/** What an archive may be. Bytes where nothing else is said. */
export interface ArchiveLimits {
  readonly entries: number;
  /** Of all files, unpacked. */
  readonly bytes: number;
  /** How many times the archive's own size that may be; null where the archive is not compressed. */
  readonly ratio: number | null;
  readonly depth: number;
  readonly pathBytes: number;
}

/** As much comes out of any archive, however small: an empty log of a few kilobytes is no bomb. */
const FREE_OF_RATIO = 64 * 2 ** 20;
const NAME_BYTES = 255;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]/;

/** An archive that is not taken in, for an entry of it or as a whole. */
export function refuseArchive(why: string, cause?: unknown): StoaError {
  return new StoaError("unprocessable", { details: { problem: `${why}. Nothing of it was kept` }, cause });
}

/** The same, naming the entry. */
export function refuseEntry(name: string, why: string, cause?: unknown): StoaError {
  return refuseArchive(`The archive's entry ${JSON.stringify(excerpt(name))} ${why}`, cause);
}

/**
 * Where an entry goes below the folder that the archive is unpacked into. `./`, doubled and closing slashes are other
 * spellings of the same; no parts: that folder itself.
 * @throws StoaError unprocessable for a name that leads elsewhere or can't be used
 */
export function entryParts(name: string, limits: Pick<ArchiveLimits, "depth" | "pathBytes">): string[] {
  if (name.startsWith("/") || /^[a-z]:[\\/]/i.test(name)) throw refuseEntry(name, "has an absolute name");
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw refuseEntry(name, "leads out of the archive by '..'");
  if (control.test(name)) throw refuseEntry(name, "has control characters in its name");
  if (!name.isWellFormed()) throw refuseEntry(name, "has a name that is not valid Unicode");
  if (parts.some((part) => Buffer.byteLength(part) > NAME_BYTES)) {
    throw refuseEntry(name, `has a name of more than ${NAME_BYTES} bytes`);
  }
  if (parts.length > limits.depth) throw refuseEntry(name, `is nested deeper than ${limits.depth} folders`);
  if (Buffer.byteLength(parts.join("/")) > limits.pathBytes) {
    throw refuseEntry(name, `has a path of more than ${limits.pathBytes} bytes`);
  }
  return parts;
}

/** Counts what comes out of an archive, and ends it where the limits are. */
export interface ArchiveBudget {
  readonly files: number;
  readonly bytes: number;
  /** One entry more. @throws StoaError unprocessable */
  entry(name: string, isFile: boolean): void;
  /** Bytes of it. @throws StoaError unprocessable */
  take(name: string, bytes: number): void;
}

/** @param packed bytes of the archive, as far as they are known now */
export function createArchiveBudget(limits: ArchiveLimits, packed: () => number): ArchiveBudget {
  let entries = 0;
  let files = 0;
  let taken = 0;
  return {
    get files() {
      return files;
    },
    get bytes() {
      return taken;
    },
    entry(name, isFile) {
      entries += 1;
      if (isFile) files += 1;
      if (entries > limits.entries) throw refuseEntry(name, `is one more than the ${limits.entries} that are allowed`);
    },
    take(name, bytes) {
      taken += bytes;
      if (taken > limits.bytes) throw tooMuch(name, limits.bytes);
      if (limits.ratio !== null && taken > FREE_OF_RATIO && taken > limits.ratio * packed()) {
        throw refuseEntry(name, `brings it above ${limits.ratio} times the archive's own size, as only a bomb would`);
      }
    },
  };
}

/** By its reason, whoever gave the limit can say whose it is. */
export const TOO_MUCH = "archive_bytes";

function tooMuch(name: string, most: number): StoaError {
  const { details } = refuseEntry(name, `brings it above the ${most} bytes that are allowed`);
  return new StoaError("unprocessable", { details: { ...details, reason: TOO_MUCH } });
}

function excerpt(name: string): string {
  return name.length > 120 ? `${name.slice(0, 120)}…` : name;
}
