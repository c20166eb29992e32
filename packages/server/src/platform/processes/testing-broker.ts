import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { type Logger, pino } from "pino";
import type { Config } from "../../config/schema.ts";
import { personPrograms, SOURCES } from "../../programs.ts";
import { lentHost } from "../../testing/lent-programs.ts";
import type { Broker } from "./broker/broker.ts";
import type { Errand } from "./broker/errands.ts";
import { openControlGroups } from "./control-groups/control-groups.ts";
import { linkWithin } from "./link.ts";
import { openBroker } from "./open-broker.ts";
import type { UidRange } from "./uid-range.ts";

/** A broker with a data directory and a range of its own; `close` removes them and the accounts it made. */
export interface TestBroker {
  readonly broker: Broker;
  readonly link: ReturnType<typeof linkWithin>;
  readonly dataDir: string;
  readonly range: UidRange;
  close(): Promise<void>;
}

/** True where brokers can be tried: only root has one. CI runs as root. */
export const isRoot = process.getuid?.() === 0;

export async function createTestBroker(
  changes: {
    readonly dataDir?: string;
    readonly range?: UidRange;
    readonly log?: Logger;
    readonly server?: number;
    readonly storage?: Errand;
    readonly storageBase?: string;
  } = {},
): Promise<TestBroker> {
  const dataDir = changes.dataDir ?? mkdtempSync(path.join(tmpdir(), "stoa-broker-"));
  chmodSync(dataDir, 0o711);
  const range = changes.range ?? testUidRange();
  const { host, task } = lentHost();
  const processes: Config["processes"] = { broker: "on", uidRange: range, fileAgents: 8 };
  const broker = await openBroker({
    dataDir,
    config: { processes, localIsolation: "auto" },
    server: { uid: changes.server ?? 0, gid: changes.server ?? 0 },
    sources: SOURCES,
    programs: { ...personPrograms, sessionHost: host, sessionTask: task },
    node: process.execPath,
    ...(changes.storage === undefined ? {} : { storage: changes.storage }),
    storageBase: async () => changes.storageBase ?? null,
    log: changes.log ?? pino({ level: "silent" }),
  });
  return {
    broker,
    link: linkWithin(broker),
    dataDir,
    range,
    async close() {
      await broker.removeSessions();
      await removeAccounts(range);
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };
}

/** Numbers that no other test's installation has. */
export function testUidRange(): UidRange {
  const first = 1_000_000_000 + randomInt(9_000_000) * 100;
  return { first, last: first + 99 };
}

/** Takes a test's accounts and groups off the machine again. */
export async function removeAccounts({ first, last }: UidRange): Promise<void> {
  await remove(([, , number]) => Number(number) >= first && Number(number) <= last);
}

/** The same of a whole server's data directory: whatever range it had. */
export async function removeAccountsOf(dataDir: string): Promise<void> {
  const text = await readFile(path.join(dataDir, "installation"), "utf8").catch(() => null);
  if (text === null) return;
  const { mark } = JSON.parse(text) as { mark: string };
  const groups = openControlGroups(mark, pino({ level: "silent" }));
  await groups?.removeAll();
  groups?.close();
  await remove(([, , , , comment]) => comment?.startsWith(`Stoa ${mark} `) === true);
}

async function remove(isMeant: (entry: readonly string[]) => boolean): Promise<void> {
  for (const file of ["/etc/passwd", "/etc/group"]) {
    for (const line of (await readFile(file, "utf8")).split("\n")) {
      const entry = line.split(":");
      const name = entry[0] ?? "";
      if (!/^stoa-g?\d+$/.test(name) || !isMeant(entry)) continue;
      // A session's host may linger for a moment; and a group of the same name goes with its account.
      if (file === "/etc/passwd") await patiently(["/usr/sbin/userdel", "--force", name]);
      else await patiently(["/usr/sbin/groupdel", name]);
    }
  }
}

async function patiently([program = "", ...args]: readonly string[]): Promise<void> {
  for (let left = 50; left > 0; left -= 1) {
    const failed = await promisify(execFile)(program, args).catch((error: { stderr?: string }) => error);
    if (!("stderr" in failed) || !/lock/.test(String(failed.stderr))) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
