import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import type { Fault } from "./faults.ts";

type Stage = "intend" | "ack";
type Stamp = { readonly at: string; readonly round: number };
/** What there is one of each of, with a state that can be looked up: `judges/things.ts` says how. */
export type ThingKind = "bin" | "move" | "copy" | "tus" | "share" | "import";

/** What the outside world was told, kept outside of Stoa. `intend` stands before a call is sent, `ack` after its 2xx. */
export type LedgerLine = Stamp &
  (
    | { readonly what: "upload"; readonly stage: Stage; readonly path: string; readonly sha256: string }
    | { readonly what: "create"; readonly stage: Stage; readonly name: string; readonly id?: number }
    | { readonly what: "delete"; readonly stage: Stage | "refused"; readonly id: number }
    | { readonly what: "start"; readonly stage: Stage; readonly workspaceId: number; readonly jobId?: number }
    | { readonly what: "stop"; readonly stage: Stage | "refused"; readonly jobId: number }
    | {
        readonly what: "thing";
        readonly stage: Stage;
        readonly kind: ThingKind;
        readonly name: string;
        /** The one it is brought into. */
        readonly state: string;
        /** Of its contents. */
        readonly sha256: string;
      }
    /** Bytes of an upload that were acknowledged. */
    | {
        readonly what: "offset";
        readonly stage: "ack";
        readonly url: string;
        readonly name: string;
        readonly bytes: number;
      }
    | { readonly what: "fault"; readonly stage: "ack"; readonly fault: Fault; readonly afterMs: number }
  );

type WithoutStamp<T> = T extends unknown ? Omit<T, "at" | "round"> : never;

/** @typeParam Line what its lines say, without the stamp that each gets */
export class Ledger<Line = WithoutStamp<LedgerLine>> {
  readonly lines: (Stamp & Line)[] = [];
  round = 0;
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, "a", 0o600);
  }

  /** Written through before the caller goes on: the ledger must not know less than the world. */
  write(line: Line): void {
    const stamped = { at: new Date().toISOString(), round: this.round, ...line };
    writeSync(this.#file, `${JSON.stringify(stamped)}\n`);
    this.lines.push(stamped);
  }

  close(): void {
    fsyncSync(this.#file);
    closeSync(this.#file);
  }
}

/** Of one thing: the states it may be in, by what was intended and acknowledged, in order; and its contents' hash. */
export interface Expected {
  readonly kind: ThingKind;
  readonly name: string;
  readonly states: ReadonlySet<string>;
  readonly sha256: string;
}

/** An acknowledgement rules out all states but its own, an intent adds the one that may have come of it. */
export function expectedThings(lines: readonly LedgerLine[]): Expected[] {
  const things = new Map<string, Expected>();
  for (const line of lines) {
    if (line.what !== "thing") continue;
    const { kind, name, state, sha256 } = line;
    const key = `${kind} ${name}`;
    const before = things.get(key)?.states ?? new Set(["absent"]);
    const states = line.stage === "ack" ? new Set([state]) : new Set([...before, state]);
    things.set(key, { kind, name, states, sha256 });
  }
  return [...things.values()];
}
