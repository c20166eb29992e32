import type { PresentService } from "@stoa/server/accounts/import/link-to-service.ts";
import type { Platform } from "@stoa/server/platform/platform.ts";
import type { FileWork } from "@stoa/server/workspaces/file-work/contract.ts";
import type { Choices } from "../importing/choices.ts";

/** What an import stands on. */
export interface Ground {
  readonly platform: Platform;
  readonly files: FileWork;
  /** Begins the names of what this import stages, and nobody else's. */
  readonly stagingMark: string;
  /** The operator's name for the old service. */
  readonly source: string;
  /** The old storage's `root_dir`, absolute. */
  readonly root: string;
  readonly choices: Choices;
  readonly emptyWhereMissing: boolean;
  readonly keepTokens: boolean;
  /** Gets tokens for the people who come, as its forerunner did there; null: none does. */
  readonly client: PresentService | null;
  /** Who has the shell, for audit entries. */
  readonly by: string;
  /** Progress, for people. */
  say(text: string): void;
  readonly signal: AbortSignal;
}
