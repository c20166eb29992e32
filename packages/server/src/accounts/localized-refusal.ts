import type { ErrorCode } from "../platform/errors/catalogue.ts";
import { type ErrorDetails, StoaError } from "../platform/errors/stoa-error.ts";

/** Why something is refused, in both languages; `{names}` are filled from the details. */
export interface TextOfRefusal {
  readonly code: ErrorCode;
  readonly en: string;
  readonly fa: string;
}

/** A refusal that people read in their language, and programs in English with the reason among the details. */
export class LocalizedRefusal extends StoaError {
  readonly #text: TextOfRefusal;

  constructor(reason: string, text: TextOfRefusal, details: ErrorDetails = {}) {
    super(text.code, { message: fill(text.en, details), details: { ...details, reason } });
    this.#text = text;
  }

  /** The same refusal in the language of the answer. */
  inLocale(locale: "en" | "fa"): StoaError {
    return new StoaError(this.code, { message: fill(this.#text[locale], this.details), details: this.details });
  }
}

function fill(template: string, details: ErrorDetails): string {
  return template.replace(/\{(\w+)\}/g, (whole, key: string) => String(details[key] ?? whole));
}
