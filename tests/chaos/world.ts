import type { PortalClient } from "../support/portal-client.ts";
import type { Ledger } from "./ledger.ts";
import type { Places } from "./stage.ts";

/** What a judge looks at. */
export interface World {
  readonly client: PortalClient;
  readonly mates: readonly PortalClient[];
  readonly ledger: Ledger;
  readonly places: Places;
  /** Of the files in the workspace that is shared, by name. */
  readonly sharedFiles: Readonly<Record<string, string>>;
  readonly dataDir: string;
  /** Lines "<job id> <pid>" that the shells wrote themselves. */
  readonly startedFile: string;
  /** No import comes any more. */
  importOver: boolean;
}
