import type { Config } from "../../../config/schema.ts";
import type { SessionLimits } from "../control-groups/try-limits.ts";
import type { Ended } from "../link.ts";
import type { RefusalCode, Verb } from "../verbs.ts";

/** In the environment of a server that a broker has started; its value says nothing. */
export const BEHIND_BROKER = "STOA_BEHIND_BROKER";

/** What a server gets from its broker in place of files that it can't read. */
export interface Beginning {
  readonly config: Config;
  readonly database: { readonly connectionString: string; readonly directConnectionString: string };
  /** Of a rotation that was interrupted. */
  readonly preparedKey: string | null;
  /** For the start's report. */
  readonly why: string;
  readonly limits: SessionLimits;
}

/** From the broker to its server. */
export type ToServer =
  | { readonly kind: "begin"; readonly beginning: Beginning }
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "refusal"; readonly id: number; readonly code: RefusalCode; readonly message: string }
  | { readonly kind: "ended"; readonly process: number; readonly end: Ended }
  /** The database had to be stopped. */
  | { readonly kind: "lost"; readonly message: string; readonly remedy: string; readonly passing: boolean };

/** From a server to its broker; a verb may come with a socket. */
export type ToBroker =
  | { readonly kind: "hello" }
  | { readonly kind: "ask"; readonly id: number; readonly verb: Verb }
  /** The prepared secret key is the one that fits. */
  | { readonly kind: "adopt_key" };
