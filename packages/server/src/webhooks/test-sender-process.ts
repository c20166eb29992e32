/**
 * A server process that sends one delivery, for tests that kill it while it does: `node test-sender-process.ts
 * <database url> <host:port that may be called>`.
 */
import { createAccounts } from "../accounts/accounts.ts";
import { connect } from "../platform/database/connect.ts";
import { createOutboundClient } from "../platform/outbound/outbound-client.ts";
import { createTestPlatform, testConfig } from "../testing/test-platform.ts";
import { createTestOperations } from "../workspaces/testing-operations.ts";
import { createSender } from "./deliveries/sender.ts";
import { createTargets } from "./endpoints/targets.ts";
import type { WebhookTables } from "./tables.ts";

const [url = "", target = ""] = process.argv.slice(2);
const { db } = connect({ url, size: 3, applicationName: "stoa-test", onIdleError: () => undefined });
const base = testConfig();
const config = { ...base, webhooks: { ...base.webhooks, privateTargets: [target] } };
const operations = createTestOperations(db);
const platform = createTestPlatform({ db, config, operations, outbound: (policy) => createOutboundClient(policy) });
const people = createAccounts(platform);
const targets = createTargets(config);
const sender = createSender({ platform, db: db.withTables<WebhookTables>(), people, targets, now: () => new Date() });
await sender.begin();
await sender.settled();
