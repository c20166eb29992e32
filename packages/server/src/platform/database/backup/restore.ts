import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { Transaction } from "kysely";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { migrations as ownMigrations } from "../../../migrations/index.ts";
import { StartError } from "../../errors/start-error.ts";
import { kyselyOn } from "../connect.ts";
import type { Db, PlatformTables } from "../database.ts";
import { lockMigrations, type MigrationMap, migrateToLatest, migrateWithin } from "../migrate.ts";
import { type BackupTable, copyTarget, listTables, plainText } from "./catalogue.ts";
import { checkHead, checkManifest } from "./check-manifest.ts";
import { damaged } from "./damaged.ts";
import { makeMoves } from "./durable-files.ts";
import { emptyDatabase, refuseInUse, refuseNotEmpty } from "./empty-database.ts";
import { endCredentials } from "./end-credentials.ts";
import { type Part, readFrames } from "./frames.ts";
import { closeTables, openTables, setSequences } from "./loading.ts";
import type { BackupHead, BackupManifest } from "./manifest.ts";
import { makePartition } from "./partitions.ts";
import type { FileEntry } from "./read-files.ts";
import { removeStaging } from "./remove-staging.ts";
import { closeJournal, readJournal, writeJournal } from "./restore-journal.ts";
import { hasSessions, refuseSessions, runDirectory, setSessionsAside } from "./running-sessions.ts";
import { readSecretKey, type SecretKeyRestore, stageSecretKey } from "./secret-key.ts";
import { identifyDatabase, markRestored, settleRestore } from "./settle-restore.ts";
import { createFileRestore, type FileRestore } from "./write-files.ts";

export interface RestoreOptions {
  /** Past any pooler; a role that owns the database. */
  readonly connectionString: string;
  readonly source: string;
  readonly dataDir: string;
  /** True: what is in the database is removed, files and key are set aside. False: refused when there is anything. */
  readonly replace: boolean;
  /** Where the secret key goes when the backup has it; null: it is not restored. */
  readonly secretKeyFile: string | null;
  /** As for the backup; null: the seal is not checked. */
  readonly sealKey: Buffer | null;
  /** Ends every session that runs in this directory; throws when one can't be ended. Nothing is changed then. */
  readonly endSessions: (runDirectory: string) => Promise<void>;
  /** Tests bring their own. */
  readonly migrations?: MigrationMap;
}

export interface RestoreSummary {
  readonly manifest: BackupManifest;
  /** Where files and key that were there before are now. */
  readonly keptAside: readonly string[];
  /** Tables of credentials that were emptied: JWT keys rotate, people sign in again. */
  readonly ended: readonly string[];
}

interface Restore {
  readonly client: pg.Client;
  readonly trx: Transaction<PlatformTables>;
  readonly options: RestoreOptions;
  readonly files: FileRestore;
  readonly database: string | null;
  /** Once all is in place, before the commit. */
  readonly onDone: (summary: RestoreSummary) => void;
}

/**
 * Puts a backup back: the database in one transaction, the files beside it, both in place only when every part
 * has proved whole. Cut off in between, a journal lets the next start or restore finish it or put it back. A backup of an older release is brought up to date afterwards.
 * @throws StartError when the backup is damaged or newer, or the target is in use or not empty. Nothing is changed then.
 */
export async function restoreDatabase(options: RestoreOptions): Promise<RestoreSummary> {
  const client = new pg.Client({ connectionString: options.connectionString, application_name: "stoa-restore" });
  client.on("error", () => undefined);
  await client.connect();
  try {
    await settleRestore(options.dataDir, options.connectionString);
    await plainText(client);
    await refuseInUse(client);
    if (!options.replace) {
      await refuseNotEmpty(client);
      await refuseSessions(options.dataDir);
    }
    const db = kyselyOn(singleConnection(client));
    const summary = await restoreAll(client, db, options);
    await migrateToLatest(db, options.migrations ?? ownMigrations);
    await client.query("analyze");
    return summary;
  } finally {
    await client.end();
  }
}

async function restoreAll(client: pg.Client, db: Db, options: RestoreOptions): Promise<RestoreSummary> {
  const database = await identifyDatabase(client);
  const files = await createFileRestore(options.dataDir, options.replace);
  let done: RestoreSummary | undefined;
  const onDone = (summary: RestoreSummary): void => {
    done = summary;
  };
  try {
    await db.transaction().execute((trx) => restore({ client, trx, options, files, database, onDone }));
  } catch (error) {
    // A commit whose answer got lost may have taken place.
    const outcome = await settleRestore(options.dataDir, options.connectionString);
    if (outcome !== "finished") {
      await files.discard();
      // Classes 22 and 23: values that are none, rows that break a constraint.
      const wrongRows = error instanceof pg.DatabaseError && /^2[23]/.test(error.code ?? "");
      throw wrongRows ? damaged(`its rows are not as they were (${error.message})`, error) : error;
    }
  }
  const journal = await readJournal(options.dataDir);
  if (journal) await closeJournal(options.dataDir, journal);
  if (!done) throw new Error("the restore ended without a summary");
  return done;
}

/** Reads a backup to its end and checks all of it. Changes nothing. */
export async function verifyBackup(source: string, sealKey: Buffer | null): Promise<BackupManifest> {
  let [head, manifest]: [BackupHead | undefined, BackupManifest | undefined] = [undefined, undefined];
  // To the very end: what stands after the manifest is damage too.
  for await (const part of openBackup(source)) {
    head ??= checkHead(part.header);
    if (part.header.part === "manifest") manifest = checkManifest(part.header, head, part.digest, sealKey);
  }
  if (!manifest) throw damaged("it ends too early");
  return manifest;
}

async function restore(run: Restore): Promise<void> {
  const { client, trx, options, files } = run;
  let [head, manifest]: [BackupHead | undefined, BackupManifest | undefined] = [undefined, undefined];
  let secretKey: SecretKeyRestore | null = null;
  const loaded: Record<string, number> = {};
  for await (const part of openBackup(options.source)) {
    if (!head) {
      head = checkHead(part.header);
      await prepare(run, head);
    } else if (part.header.part === "table") {
      await loadTable(client, part, loaded);
    } else if (part.header.part === "secret-key") {
      secretKey = await readSecretKey(part.content, options.secretKeyFile, options.replace);
    } else if (part.header.part === "file") {
      await files.write(part.header as unknown as FileEntry, part.content);
    } else if (part.header.part === "manifest") {
      manifest = checkManifest(part.header, head, part.digest, options.sealKey);
    }
  }
  if (!manifest) throw damaged("it ends too early");
  compareCounts(manifest, loaded);
  await setSequences(client, manifest.sequences);
  await openTables(client);
  const ended = await endCredentials(trx);
  const keptAside = await putFilesInPlace(run, secretKey);
  run.onDone({ manifest, keptAside, ended });
}

/** From the journal on, only the commit (or its failure) decides what becomes of the files. */
async function putFilesInPlace(run: Restore, secretKey: SecretKeyRestore | null): Promise<string[]> {
  const { client, options, files, database } = run;
  const { dataDir } = options;
  const { mark, staging } = files;
  const moves = await files.finish();
  if (await hasSessions(dataDir)) {
    await options.endSessions(runDirectory(dataDir));
    moves.push(setSessionsAside(dataDir, mark));
  }
  const keyMoves = secretKey ? await stageSecretKey(secretKey, mark) : [];
  moves.push(...keyMoves);
  const staged = [staging, ...keyMoves.map(({ from }) => from).filter((from) => from.endsWith(mark))];
  try {
    await markRestored(client, mark);
    await writeJournal(dataDir, { id: mark, database, moves, staged });
  } catch (error) {
    // A key that nobody knows of must not lie about.
    for (const leftover of staged) await removeStaging(leftover);
    throw error;
  }
  await makeMoves(moves);
  return moves.map(({ to }) => to).filter((to) => to.includes(".before-restore-"));
}

/** The schema as it was when the backup was made, and nothing in it. */
async function prepare({ client, trx, options }: Restore, head: BackupHead): Promise<void> {
  const map = options.migrations ?? ownMigrations;
  const unknown = head.migrations.filter((name) => !(name in map));
  if (unknown.length > 0) {
    throw new StartError(
      `The backup was made by a newer release (${head.stoa}): this one does not know ${unknown.join(", ")}.`,
      `Restore it with Stoa ${head.stoa} or later.`,
    );
  }
  await lockMigrations(trx);
  await emptyDatabase(client);
  await migrateWithin(trx, Object.fromEntries(Object.entries(map).filter(([name]) => head.migrations.includes(name))));
  await closeTables(client);
}

async function loadTable(client: pg.Client, part: Part, loaded: Record<string, number>): Promise<void> {
  const table = part.header as unknown as BackupTable;
  const find = async () => (await listTables(client)).find(({ name }) => name === table.name);
  const known = (await find()) ?? ((await makePartition(client, table)) ? await find() : undefined);
  if (!known || table.columns.some((column) => !known.columns.includes(column))) {
    throw damaged(`its table ${JSON.stringify(table.name)} is not one of that release's`);
  }
  const into = client.query(copyFrom(`copy ${copyTarget(table)} from stdin`));
  await pipeline(part.content, into);
  loaded[table.name] = into.rowCount;
}

function compareCounts(manifest: BackupManifest, loaded: Record<string, number>): void {
  const wrong = Object.entries(manifest.tables).find(([name, rows]) => loaded[name] !== rows);
  if (wrong) throw damaged(`its table ${wrong[0]} has ${loaded[wrong[0]] ?? "no"} rows instead of ${wrong[1]}`);
}

async function* openBackup(source: string) {
  const packed = createReadStream(source);
  const unpacked = createGunzip();
  packed.on("error", (error) => unpacked.destroy(error));
  try {
    yield* readFrames(packed.pipe(unpacked));
  } finally {
    packed.destroy();
  }
}

/** Kysely and COPY on one connection, one after the other. */
function singleConnection(client: pg.Client): Parameters<typeof kyselyOn>[0] {
  const connection = { query: client.query.bind(client) as never, release: () => undefined };
  return { options: {}, end: async () => undefined, connect: async () => connection };
}
