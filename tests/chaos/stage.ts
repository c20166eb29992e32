import { createHash } from "node:crypto";
import type { Answer, PortalClient } from "../support/portal-client.ts";
import type { Ledger, ThingKind } from "./ledger.ts";
import type { OldService } from "./old-service.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** What a round's actors share. */
export interface Stage {
  readonly client: PortalClient;
  /** Somebody else, whom things are shared with. */
  readonly mate: PortalClient;
  readonly mateId: number;
  readonly ledger: Ledger;
  readonly places: Places;
  /** Sessions that no actor may stop. */
  readonly keptJobs: ReadonlySet<number>;
  readonly old: OldService;
  readonly stopped: () => boolean;
  /** Resolves when the round is over: what runs beside the server ends with it. */
  readonly over: Promise<void>;
}

/** Workspaces that no actor deletes. */
export interface Places {
  readonly uploads: number;
  readonly bin: number;
  readonly moves: number;
  readonly resumable: number;
  readonly shared: number;
  /** In which sessions are started. */
  readonly playgrounds: readonly number[];
}

/** Acts again and again until the server is gone; a call cut off by that is an intent without an answer. */
export type Actor = (stage: Stage, random: SeededRandom) => Promise<void>;

/** True for a 2xx. Anything but that and "not now" is a finding. */
export function isDone(what: string, { status, text }: Answer): boolean {
  if (status >= 200 && status < 300) return true;
  if (status !== 503) throw new Error(`${what} was answered ${status}: ${text}`);
  return false;
}

/** One step of a thing, with its lines in the ledger. @returns whether it was acknowledged */
export async function bring(
  { ledger }: Stage,
  thing: { readonly kind: ThingKind; readonly name: string; readonly state: string; readonly sha256: string },
  call: () => Promise<Answer>,
): Promise<boolean> {
  ledger.write({ what: "thing", stage: "intend", ...thing });
  const done = isDone(`${thing.kind} ${thing.name} to ${thing.state}`, await call());
  if (done) ledger.write({ what: "thing", stage: "ack", ...thing });
  return done;
}

export function put(client: PortalClient, workspace: number, path: string, content: Buffer): Promise<Answer> {
  const url = `/api/stoa/v1/workspaces/${workspace}/files/content?path=${encodeURIComponent(path)}`;
  return client.call("PUT", url, content, { "Content-Type": "application/octet-stream" });
}

export function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
