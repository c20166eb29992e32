import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { link, open, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { StartError } from "../../errors/start-error.ts";
import { copyTarget, listSequences, listTables, plainText } from "./catalogue.ts";
import { createFrameWriter } from "./frames.ts";
import { type BackupHead, type BackupManifest, FORMAT_VERSION, seal } from "./manifest.ts";
import { FILE_ROOTS, readFiles } from "./read-files.ts";
import { readJournal } from "./restore-journal.ts";

export interface BackupOptions {
  /** Past any pooler. */
  readonly connectionString: string;
  /** Must not exist yet. Appears when it is whole; readable by its owner only. */
  readonly target: string;
  readonly dataDir: string;
  /** Workspaces and trash. */
  readonly includeFiles: boolean;
  /** The file that holds Stoa's secret key; null: the backup is of no use without a copy of that key elsewhere. */
  readonly secretKeyFile: string | null;
  /** `secrets.derive("backup")`: seals the manifest; null: unsealed. */
  readonly sealKey: Buffer | null;
  readonly stoaVersion: string;
}

/**
 * Writes everything that makes this Stoa into one file: all tables as of one moment (the queue left out), then
 * the secret key and people's files as they are while it runs.
 * @throws StartError when the target exists or can't be written.
 */
export async function backupDatabase(options: BackupOptions): Promise<BackupManifest> {
  await refuseUnsettled(options.dataDir);
  const temporary = `${options.target}.tmp-${randomBytes(6).toString("hex")}`;
  const handle = await open(temporary, "wx", 0o600).catch((cause) => {
    throw notWritten(options.target, cause);
  });
  const client = new pg.Client({ connectionString: options.connectionString, application_name: "stoa-backup" });
  client.on("error", () => undefined);
  let manifest: BackupManifest | undefined;
  try {
    await client.connect();
    const parts = writeParts(client, options, (done) => {
      manifest = done;
    });
    await pipeline(Readable.from(parts, { objectMode: false }), createGzip({ level: 4 }), async (packed) => {
      for await (const chunk of packed as AsyncIterable<Buffer>) await handle.writeFile(chunk);
    });
    await handle.sync();
    await link(temporary, options.target);
  } catch (error) {
    throw isFileError(error) ? notWritten(options.target, error) : error;
  } finally {
    await handle.close();
    await rm(temporary, { force: true });
    await client.end();
  }
  if (!manifest) throw new Error("the backup ended without a manifest");
  return manifest;
}

async function* writeParts(
  client: pg.Client,
  options: BackupOptions,
  onEnd: (manifest: BackupManifest) => void,
): AsyncGenerator<Buffer> {
  const frames = createFrameWriter();
  await plainText(client);
  await client.query("begin transaction isolation level repeatable read read only");
  const head = await describeHead(client, options);
  yield* frames.part({ part: "head", ...head });
  const tables: Record<string, number> = {};
  for (const table of await listTables(client)) {
    const rows = client.query(copyTo(`copy ${copyTarget(table)} to stdout`));
    yield* frames.part({ part: "table", ...table }, rows, ({ lines }) => {
      tables[table.name] = lines;
    });
  }
  // Sequences know no snapshot: read last, none is behind the rows.
  const sequences = await listSequences(client);
  await client.query("commit");
  if (options.secretKeyFile) yield* frames.part({ part: "secret-key" }, createReadStream(options.secretKeyFile));
  const files = { entries: 0, bytes: 0 };
  const skipped: string[] = [];
  if (options.includeFiles) yield* writeFileParts(frames, options.dataDir, files, skipped);
  const known = { skipped: skipped.slice(0, 100), skippedCount: skipped.length, digest: frames.digest() };
  const manifest = seal({ ...head, tables, sequences, files, ...known }, options.sealKey);
  yield* frames.part({ part: "manifest", ...manifest });
  onEnd(manifest);
}

async function* writeFileParts(
  frames: ReturnType<typeof createFrameWriter>,
  dataDir: string,
  count: { entries: number; bytes: number },
  skipped: string[],
): AsyncGenerator<Buffer> {
  for (const root of FILE_ROOTS) {
    for await (const { entry, content } of readFiles(dataDir, root, (file, why) => skipped.push(`${file}: ${why}`))) {
      count.entries += 1;
      yield* frames.part({ part: "file", ...entry }, content, ({ bytes }) => {
        count.bytes += bytes;
      });
    }
  }
}

async function describeHead(client: pg.Client, options: BackupOptions): Promise<BackupHead> {
  const found = await client.query<{ name: string }>("select name from kysely_migration order by name");
  const { rows } = await client.query<{ version: string }>("select current_setting('server_version') as version");
  return {
    format: FORMAT_VERSION,
    stoa: options.stoaVersion,
    createdAt: new Date().toISOString(),
    postgres: rows[0]?.version ?? "",
    migrations: found.rows.map((row) => row.name),
    includes: { files: options.includeFiles, secretKey: options.secretKeyFile !== null },
  };
}

async function refuseUnsettled(dataDir: string): Promise<void> {
  if ((await readJournal(dataDir)) === null) return;
  throw new StartError(
    `A restore into ${dataDir} was interrupted: files and database may not belong together.`,
    "Start the server once, or restore again: it is then finished or put back.",
  );
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return (
    error instanceof Error && "syscall" in error && ["write", "fsync", "link", "open"].includes(String(error.syscall))
  );
}

function notWritten(target: string, cause: NodeJS.ErrnoException): StartError {
  const why = cause.code === "EEXIST" ? "there is a file of that name already" : cause.message;
  const remedy = "Choose another file, on a disk with enough room, in a directory that this account may write.";
  return new StartError(`The backup ${path.resolve(target)} was not written: ${why}.`, remedy, { cause });
}
