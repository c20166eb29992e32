import type { TakingPeople } from "@stoa/server/accounts/import/take-person.ts";
import type { Platform } from "@stoa/server/platform/platform.ts";
import type { Choices } from "../importing/choices.ts";
import type { Mapping } from "./mapping/find-mapping.ts";
import type { Bounds } from "./source/old-log.ts";
import type { OldPortal } from "./source/old-portal.ts";

/** What an import stands on. */
export interface Ground {
  readonly platform: Platform;
  /** For who comes. */
  readonly taking: TakingPeople;
  readonly portal: OldPortal;
  readonly mapping: Mapping;
  /** Of times that say none. */
  readonly timeZone: string;
  /** The operator's name for the old portal. */
  readonly source: string;
  readonly choices: Choices;
  readonly bounds: Bounds;
  readonly linkHubUsers: boolean;
  /** Who has the shell, for audit entries. */
  readonly by: string;
  /** Progress, for people. */
  say(text: string): void;
}
