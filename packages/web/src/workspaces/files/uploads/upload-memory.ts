const key = "stoa.uploads";
/** After this the server has forgotten it too. */
const keptMs = 7 * 24 * 3_600_000;

/** An upload that was begun in this browser and has not ended. */
export interface Begun {
  /** Where the server takes the rest. */
  readonly url: string;
  readonly workspaceId: number;
  /** Where the file is to stand. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Of the file, milliseconds since 1970: another one means that it was changed since. */
  readonly modified: number;
  readonly at: number;
}

type Known = Pick<Begun, "workspaceId" | "path" | "size" | "modified">;

const same = (a: Known, b: Known) =>
  a.workspaceId === b.workspaceId && a.path === b.path && a.size === b.size && a.modified === b.modified;

/** What was begun and is not too old, newest last. Without storage nothing is remembered, and uploads begin anew. */
export function begunUploads(now = Date.now()): readonly Begun[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one): one is Begun => isBegun(one) && now - one.at < keptMs) : [];
  } catch {
    return [];
  }
}

/** The begun upload of this very file at this very place. */
export const begunFor = (file: Known): Begun | undefined => begunUploads().find((one) => same(one, file));

export function rememberBegun(begun: Begun): void {
  write([...begunUploads().filter((one) => !same(one, begun)), begun]);
}

export function forgetBegun(url: string): void {
  const all = begunUploads();
  const rest = all.filter((one) => one.url !== url);
  if (rest.length < all.length) write(rest);
}

function write(all: readonly Begun[]): void {
  try {
    localStorage.setItem(key, JSON.stringify(all));
  } catch {
    // Not kept then.
  }
}

function isBegun(value: unknown): value is Begun {
  if (typeof value !== "object" || value === null) return false;
  const { url, workspaceId, path, size, modified, at } = value as Partial<Record<keyof Begun, unknown>>;
  // A place of our own origin only: bytes must never go where somebody wrote into the storage.
  if (typeof url !== "string" || !/^\/(?![/\\])/.test(url) || typeof path !== "string") return false;
  return [workspaceId, size, modified, at].every((one) => typeof one === "number");
}
