import { StoaError } from "../platform/errors/stoa-error.ts";
import type { WorkspaceContext } from "./context.ts";
import type { FileWork } from "./file-work/contract.ts";
import type { WorkspacesTrx } from "./tables.ts";

/** Connections that one person's file work may hold. Two, so that one workspace need not wait for another. */
const MOST_HELD = 2;
/** Milliseconds that somebody waits for their own earlier work. */
const TURN_WITHIN_MS = 60_000;

interface Line {
  held: number;
  readonly waiting: Set<() => void>;
}

/** Each server's own; it ends with its file work. */
const lines = new WeakMap<FileWork, Map<number, Line>>();

/**
 * A transaction in whose midst a person's files are worked on, in its turn.
 * @throws StoaError unavailable after a minute's waiting; what the work throws
 */
export function transactAs<T>(
  { db, files }: Pick<WorkspaceContext, "db" | "files">,
  accountId: number,
  work: (trx: WorkspacesTrx) => Promise<T>,
): Promise<T> {
  return inTurn(files, accountId, () => db.transaction().execute(work));
}

/**
 * Begins what has a transaction, or an operation's step, in whose midst a person's files are worked on. It holds a
 * connection for as long as their disk or their agent takes, which may be a hostile one: so a person has few of them at
 * once, and waits for the next one without.
 * @throws StoaError unavailable after a minute's waiting; what the work throws
 */
export async function inTurn<T>(files: FileWork, accountId: number, work: () => Promise<T>): Promise<T> {
  const people = lines.get(files) ?? new Map<number, Line>();
  lines.set(files, people);
  const line = people.get(accountId) ?? { held: 0, waiting: new Set() };
  people.set(accountId, line);
  if (line.held < MOST_HELD) line.held += 1;
  else await turnIn(line);
  let held: { release(): void } | undefined;
  try {
    // Before they have a connection: whoever had one and wanted another would wait for all others who do.
    held = await files.hold?.(accountId);
    return await work();
  } finally {
    held?.release();
    // Handed on, not given up: whoever comes at this moment is behind those who wait.
    const [next] = line.waiting;
    if (next) next();
    else line.held -= 1;
    if (line.held === 0) people.delete(accountId);
  }
}

async function turnIn({ waiting }: Line): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const mine = () => {
    waiting.delete(mine);
    resolve();
  };
  waiting.add(mine);
  const patience = setTimeout(() => {
    waiting.delete(mine);
    reject(new StoaError("unavailable", { details: { what: "The work on your files (it is still busy)" } }));
  }, TURN_WITHIN_MS);
  await promise.finally(() => clearTimeout(patience));
}
