import { catalogue, type ErrorCode } from "./catalogue.ts";

/** Values named in a catalogue message (`{name}`), and what a client may read besides the message. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/**
 * Every refusal and failure that a caller may see. Services throw it; one place (`platform/http`)
 * turns it into the shape of the API that was called. Anything else that is thrown is a defect: 500,
 * logged with its stack, and nothing of it shown.
 */
export class StoaError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  /** False for a defect of ours: logged as an error, and counted. */
  readonly expected: boolean;
  /** True when the text is the catalogue's, so that an API may put its own words in its place. */
  readonly byDefault: boolean;
  readonly details: ErrorDetails;

  /**
   * @param code the catalogue's entry
   * @param options `message` replaces the catalogue's default (a contract's exact text); `details`
   * fill its placeholders; `cause` is kept for the log only.
   */
  constructor(code: ErrorCode, options: { message?: string; details?: ErrorDetails; cause?: unknown } = {}) {
    const entry = catalogue[code];
    super(options.message ?? fill(entry.message, options.details ?? {}), { cause: options.cause });
    this.name = "StoaError";
    this.code = code;
    this.status = entry.status;
    this.expected = entry.status < 500 || entry.status === 503;
    this.byDefault = options.message === undefined;
    this.details = options.details ?? {};
  }
}

function fill(template: string, details: ErrorDetails): string {
  return template.replace(/\{(\w+)\}/g, (whole, key: string) => String(details[key] ?? whole));
}
