import { catalogue, type ErrorCode } from "../../../platform/errors/catalogue.ts";
import { type ErrorDetails, StoaError } from "../../../platform/errors/stoa-error.ts";

/** An error on its way from the agent to the server. */
export interface CarriedError {
  /** Of the catalogue; null for anything else, which is a defect. */
  readonly stoa: string | null;
  readonly name: string;
  readonly message: string;
  /** False: the message is the command's own, not the catalogue's. */
  readonly byDefault: boolean;
  readonly details: Readonly<Record<string, unknown>>;
  /** The system's, such as EIO. */
  readonly code: string | null;
  /** For the log. */
  readonly stack: string | null;
}

/** Characters of what an error says. An agent is as good as its person: what it says goes to answers and the log. */
const MOST_SAID = 8_192;
const MOST_DETAILS = 32;

export function carry(error: unknown): CarriedError {
  const known = error instanceof StoaError ? error : null;
  const plain = error instanceof Error ? error : new Error(String(error));
  return {
    stoa: known?.code ?? null,
    name: plain.name,
    message: plain.message.slice(0, MOST_SAID),
    byDefault: known?.byDefault ?? true,
    details: known?.details ?? {},
    code: "code" in plain && known === null ? String(plain.code) : null,
    stack: plain.stack?.slice(0, MOST_SAID) ?? null,
  };
}

/** The same error on this side. Whatever an agent may send (it is as good as its person), it is an error of ours. */
export function uncarry(value: unknown): Error {
  const carried = (typeof value === "object" && value !== null ? value : {}) as Partial<CarriedError>;
  const message =
    typeof carried.message === "string" ? carried.message.slice(0, MOST_SAID) : "it said nothing that can be read";
  const far =
    typeof carried.stack === "string"
      ? new Error(`in the file agent: ${carried.stack.slice(0, MOST_SAID)}`)
      : undefined;
  const { stoa } = carried;
  if (typeof stoa === "string" && Object.hasOwn(catalogue, stoa)) {
    return new StoaError(stoa as ErrorCode, {
      ...(carried.byDefault === true ? {} : { message }),
      details: plainDetails(carried.details),
      cause: far,
    });
  }
  const error = new Error(message, { cause: far });
  error.name = typeof carried.name === "string" ? carried.name.slice(0, 100) : "Error";
  // The system's only: others, such as the database's, would be believed by whoever retries on them.
  if (typeof carried.code === "string" && /^E[A-Z0-9]{1,30}$/.test(carried.code)) {
    Object.assign(error, { code: carried.code });
  }
  return error;
}

function plainDetails(value: unknown): ErrorDetails {
  if (typeof value !== "object" || value === null) return {};
  const entries = Object.entries(value).filter(([, one]) => isPlain(one) || (Array.isArray(one) && one.every(isText)));
  return Object.fromEntries(
    entries.slice(0, MOST_DETAILS).map(([name, one]) => [name, shortened(one)]),
  ) as ErrorDetails;
}

function isPlain(value: unknown): boolean {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

function shortened(value: unknown): unknown {
  return typeof value === "string" ? value.slice(0, MOST_SAID) : value;
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}
