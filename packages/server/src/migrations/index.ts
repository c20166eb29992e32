import type { Kysely } from "kysely";
import { up as platformUp } from "./0001-platform-operations-events-audit.ts";
import { up as httpAndMailUp } from "./0002-http-and-mail.ts";
import { up as accountsUp } from "./0003-accounts.ts";
import { up as workspacesUp } from "./0004-workspaces.ts";
import { up as sessionsUp } from "./0005-sessions.ts";
import { up as passthroughUp } from "./0006-passthrough.ts";
import { up as sealedMailsUp } from "./0007-sealed-mails.ts";
import { up as workspaceBoundsUp } from "./0008-workspace-bounds.ts";
import { up as systemAccountsUp } from "./0009-system-accounts.ts";
import { up as uploadsUp } from "./0010-uploads.ts";
import { up as sharingUp } from "./0011-sharing.ts";
import { up as groupsAndServicesUp } from "./0012-groups-and-services.ts";
import { up as accountSecurityUp } from "./0013-account-security.ts";
import { up as importsUp } from "./0014-imports.ts";
import { up as mailsOfAccountsUp } from "./0015-mails-of-accounts.ts";
import { up as sessionMeansUp } from "./0016-session-means.ts";
import { up as sessionTimeUp } from "./0017-session-time.ts";
import { up as sessionViewersUp } from "./0018-session-viewers.ts";
import { up as noticesUp } from "./0019-notices.ts";
import { up as peopleAndActingUp } from "./0020-people-and-acting.ts";
import { up as systemUp } from "./0021-system.ts";
import { up as overviewUp } from "./0022-overview.ts";
import { up as accountDisplayUp } from "./0023-account-display.ts";
import { up as newPeopleCoreHoursUp } from "./0024-new-people-core-hours.ts";
import { up as peopleImportsUp } from "./0025-people-imports.ts";
import { up as storageUp } from "./0026-storage.ts";
import { up as storageMovesUp } from "./0027-storage-moves.ts";
import { up as operationNotesUp } from "./0028-operation-notes.ts";
import { up as hubUp } from "./0029-hub.ts";
import { up as activityUp } from "./0030-activity.ts";
import { up as webhooksUp } from "./0031-webhooks.ts";
import { up as importedLogsUp } from "./0032-imported-logs.ts";
import { up as hubUpkeepUp } from "./0033-hub-upkeep.ts";
import { up as oneTableOfLeasesUp } from "./0034-one-table-of-leases.ts";
import { up as storageRecountsUp } from "./0035-storage-recounts.ts";

export type MigrationUp = (db: Kysely<unknown>) => Promise<void>;

/**
 * Every migration, by name, in order. One that has landed is never edited nor renamed: add another
 * (`landed.json` holds their hashes, and a test compares).
 */
export const migrations: Readonly<Record<string, MigrationUp>> = {
  "0001-platform-operations-events-audit": platformUp,
  "0002-http-and-mail": httpAndMailUp,
  "0003-accounts": accountsUp,
  "0004-workspaces": workspacesUp,
  "0005-sessions": sessionsUp,
  "0006-passthrough": passthroughUp,
  "0007-sealed-mails": sealedMailsUp,
  "0008-workspace-bounds": workspaceBoundsUp,
  "0009-system-accounts": systemAccountsUp,
  "0010-uploads": uploadsUp,
  "0011-sharing": sharingUp,
  "0012-groups-and-services": groupsAndServicesUp,
  "0013-account-security": accountSecurityUp,
  "0014-imports": importsUp,
  "0015-mails-of-accounts": mailsOfAccountsUp,
  "0016-session-means": sessionMeansUp,
  "0017-session-time": sessionTimeUp,
  "0018-session-viewers": sessionViewersUp,
  "0019-notices": noticesUp,
  "0020-people-and-acting": peopleAndActingUp,
  "0021-system": systemUp,
  "0022-overview": overviewUp,
  "0023-account-display": accountDisplayUp,
  "0024-new-people-core-hours": newPeopleCoreHoursUp,
  "0025-people-imports": peopleImportsUp,
  "0026-storage": storageUp,
  "0027-storage-moves": storageMovesUp,
  "0028-operation-notes": operationNotesUp,
  "0029-hub": hubUp,
  "0030-activity": activityUp,
  "0031-webhooks": webhooksUp,
  "0032-imported-logs": importedLogsUp,
  "0033-hub-upkeep": hubUpkeepUp,
  "0034-one-table-of-leases": oneTableOfLeasesUp,
  "0035-storage-recounts": storageRecountsUp,
};
