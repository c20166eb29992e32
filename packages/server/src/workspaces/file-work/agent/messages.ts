import type { WorkProgress } from "../contract.ts";
import { BrokenProtocol } from "./frames.ts";

/** Whose files an agent works on, and where they are. */
export interface AgentSetup {
  readonly accountId: number;
  /** Absolute: the folder that holds the person's workspaces. */
  readonly accountFolder: string;
  /** Absolute. */
  readonly trashFolder: string;
  readonly stagingMark: string;
  readonly symlinkRoots: readonly string[];
}

export interface CallMessage {
  /** `open`: its answer is a head and bytes. */
  readonly kind: "run" | "open";
  readonly name: string;
  readonly args: unknown;
  /** Bytes follow. */
  readonly input: boolean;
}

/** What an agent told, as figures; anything else in it is left out. @throws BrokenProtocol */
export function readProgress(value: unknown): WorkProgress {
  const { bytes, files } = (value ?? {}) as Partial<WorkProgress>;
  if (!isCount(bytes) || !isCount(files)) throw new BrokenProtocol("progress without figures");
  return { bytes, files };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
