import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";

/** What the outside world was told, kept outside of Stoa. `intend` stands before a call is sent, `ack` after its 2xx. */
export type LedgerLine = { readonly at: string; readonly round: number } & (
  | { readonly what: "upload"; readonly stage: "intend" | "ack"; readonly path: string; readonly sha256: string }
  | { readonly what: "create"; readonly stage: "intend" | "ack"; readonly name: string; readonly id?: number }
  | { readonly what: "delete"; readonly stage: "intend" | "ack" | "refused"; readonly id: number }
  | { readonly what: "start"; readonly stage: "intend" | "ack"; readonly workspaceId: number; readonly jobId?: number }
  | { readonly what: "stop"; readonly stage: "intend" | "ack" | "refused"; readonly jobId: number }
  | { readonly what: "kill"; readonly stage: "ack"; readonly afterMs: number }
);

type WithoutStamp<T> = T extends unknown ? Omit<T, "at" | "round"> : never;

export class Ledger {
  readonly lines: LedgerLine[] = [];
  round = 0;
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, "a", 0o600);
  }

  /** Written through before the caller goes on: the ledger must not know less than the world. */
  write(line: WithoutStamp<LedgerLine>): void {
    const stamped = { at: new Date().toISOString(), round: this.round, ...line } as LedgerLine;
    writeSync(this.#file, `${JSON.stringify(stamped)}\n`);
    this.lines.push(stamped);
  }

  close(): void {
    fsyncSync(this.#file);
    closeSync(this.#file);
  }
}
