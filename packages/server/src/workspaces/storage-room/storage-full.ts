import { StoaError } from "../../platform/errors/stoa-error.ts";
import { shownBytes } from "../../platform/shown-bytes.ts";

/** Bytes, and where they come from. */
export interface FullFigures {
  readonly used: number;
  readonly allowed: number;
  /** Null: it was found so. */
  readonly setBy: string | null;
  readonly asOf: Date | null;
  /** What has been let in since then. */
  readonly letIn: number;
  /** What was to be written; null: nobody knows. */
  readonly needed: number | null;
  /** The portal's. */
  readonly address: string;
}

/** A person's quota leaves no room; people read it in their language, programs in English with the figures. */
export class StorageFull extends StoaError {
  /** Nothing of ours is out of order. */
  override readonly expected: boolean = true;
  readonly #figures: FullFigures;

  /** @param code `conflict` for an operation: no repetition mends it, and it is nobody's matter but the person's */
  constructor(figures: FullFigures, options: { cause?: unknown; code?: "disk_full" | "conflict" } = {}) {
    const { code = "disk_full", cause } = options;
    super(code, { message: inEnglish(figures), details: detailsOf(figures), cause });
    this.#figures = figures;
  }

  inLocale(locale: "en" | "fa"): StoaError {
    if (locale === "en") return this;
    return new StoaError(this.code, { message: inPersian(this.#figures), details: this.details });
  }

  /** The same, as an operation ends with it. */
  final(): StorageFull {
    return new StorageFull(this.#figures, { cause: this, code: "conflict" });
  }
}

/** An operation that a quota stopped ends at once; others' failures are passed on. */
export function finalWhenFull(error: unknown): never {
  throw error instanceof StorageFull ? error.final() : error;
}

function detailsOf({ used, allowed, setBy, asOf, needed, address }: FullFigures) {
  const storage = `${address}/storage`;
  return { reason: "storage_quota", used, allowed, needed, set_by: setBy, as_of: asOf?.toISOString() ?? null, storage };
}

function inEnglish({ used, allowed, setBy, asOf, letIn, needed, address }: FullFigures): string {
  const by = setBy === null ? "" : ` (set by ${setBy})`;
  const counted = asOf === null ? "" : `, as counted at ${asOf.toISOString()}`;
  const since = letIn === 0 ? "" : `, and ${shownBytes(letIn)} were written since or are on their way`;
  const yours = needed === null ? "Your" : `This takes ${shownBytes(needed)}, and your`;
  return `${yours} storage has no room for it: of ${shownBytes(allowed)}${by}, ${shownBytes(used)} are used${counted}${since}. Nothing was written. Free space at ${address}/storage`;
}

function inPersian({ used, allowed, setBy, asOf, letIn, needed, address }: FullFigures): string {
  const by = setBy === null ? "" : ` (تعیین‌کننده: ${setBy})`;
  const time = asOf?.toLocaleString("fa-IR", { timeZone: "UTC", dateStyle: "medium", timeStyle: "short" });
  const counted = time === undefined ? "" : ` (شمارش ${time} به وقت جهانی)`;
  const since = letIn === 0 ? "" : `، و ${shownBytes(letIn, "fa")} پس از آن نوشته شده یا در راه است`;
  const takes = needed === null ? "" : `این ${shownBytes(needed, "fa")} می‌گیرد و `;
  return `${takes}در فضای ذخیره‌سازی شما جایی برای آن نیست: از ${shownBytes(allowed, "fa")}${by}، ${shownBytes(used, "fa")} پر است${counted}${since}. چیزی نوشته نشد. در ${address}/storage جا باز کنید`;
}
