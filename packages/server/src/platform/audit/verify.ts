import { setImmediate as breathe } from "node:timers/promises";
import { type Kysely, sql } from "kysely";
import { type ChainedEntry, chainedColumns, linkHash } from "./chain.ts";
import type { AuditTables } from "./tables.ts";

export interface AuditProblem {
  readonly seq: number;
  readonly what: string;
}

export interface AuditVerification {
  readonly ok: boolean;
  /** False when the time was up before the end. */
  readonly complete: boolean;
  /** Entries in the table, those not sealed yet included. */
  readonly entries: number;
  readonly sealed: number;
  readonly head: { readonly seq: number; readonly hash: string };
  /** At most 100. */
  readonly problems: readonly AuditProblem[];
  /** When the oldest entry of the chain was written, and the newest sealed one; null: there is none. */
  readonly since: string | null;
  readonly newest: string | null;
  readonly at: string;
}

export interface VerifyOptions {
  /** Heads from the log: an attacker who rebuilt the whole chain in the database can't have changed these. */
  readonly heads?: readonly { readonly seq: number; readonly hash: string }[];
  /** Milliseconds after which it ends with `complete: false`. */
  readonly budgetMs?: number;
  /** Told after each batch: entries walked, of how many. */
  readonly onProgress?: (walked: number, of: number) => Promise<void>;
  readonly signal?: AbortSignal;
}

type Link = { readonly seq: number; readonly hash: Buffer; readonly found: boolean } & ChainedEntry;
type Chain = { base_seq: number; base_hash: Buffer; head_seq: number; head_hash: Buffer };

const BATCH = 5_000;
const MOST_PROBLEMS = 100;

/** Walks the chain in one snapshot, in batches: finds entries changed, removed (also at the end) or reordered. */
export function verifyAudit(db: Kysely<AuditTables>, options: VerifyOptions = {}): Promise<AuditVerification> {
  return db
    .transaction()
    .setIsolationLevel("repeatable read")
    .setAccessMode("read only")
    .execute(async (trx) => {
      const chain = await readChain(trx);
      const heads = await readHeads(trx, options.heads ?? []);
      const walk = await walkChain(trx, chain, heads, options);
      const counts = await countEntries(trx);
      const problems = walk.problems;
      if (walk.complete) problems.push(...problemsAtTheEnd(chain, walk, heads), ...counts.problems);
      return {
        ok: problems.length === 0,
        complete: walk.complete,
        entries: counts.entries,
        sealed: counts.sealed,
        head: { seq: chain.head_seq, hash: chain.head_hash.toString("hex") },
        problems: problems.slice(0, MOST_PROBLEMS),
        ...(await readSpan(trx)),
        at: new Date().toISOString(),
      };
    });
}

interface Walk {
  readonly complete: boolean;
  readonly lastSeq: number;
  readonly lastHash: Buffer;
  readonly problems: AuditProblem[];
}

async function walkChain(
  db: Kysely<AuditTables>,
  chain: Chain,
  heads: ReadonlyMap<number, ReadonlySet<string>>,
  { budgetMs = Number.POSITIVE_INFINITY, onProgress, signal }: VerifyOptions,
): Promise<Walk> {
  const deadline = performance.now() + budgetMs;
  const problems: AuditProblem[] = [];
  let seq = chain.base_seq;
  let hash: Buffer = chain.base_hash;
  for (;;) {
    const links = await readLinks(db, seq);
    for (const link of links) {
      problems.push(...problemsOf(link, seq, hash, heads));
      // On from what is stored: one change makes one problem, not all that follow.
      seq = link.seq;
      hash = link.hash;
    }
    const complete = links.length < BATCH;
    const enough = problems.length >= MOST_PROBLEMS || performance.now() > deadline;
    if (complete || enough) return { complete, lastSeq: seq, lastHash: hash, problems };
    signal?.throwIfAborted();
    await onProgress?.(seq - chain.base_seq, chain.head_seq - chain.base_seq);
    await breathe();
  }
}

function problemsOf(
  link: Link,
  previousSeq: number,
  previousHash: Buffer,
  heads: ReadonlyMap<number, ReadonlySet<string>>,
): AuditProblem[] {
  const problems: AuditProblem[] = [];
  const { seq } = link;
  if (seq !== previousSeq + 1) {
    const gap = seq - previousSeq - 1;
    problems.push({ seq: previousSeq + 1, what: `${gap} sealed ${gap === 1 ? "entry is" : "entries are"} missing` });
  }
  if (!link.found) {
    problems.push({ seq, what: "the entry was removed" });
  } else if (seq === previousSeq + 1 && !linkHash(previousHash, seq, link).equals(link.hash)) {
    problems.push({ seq, what: "the entry was changed, or is not in its place" });
  }
  const known = heads.get(seq);
  if (known && !(known.size === 1 && known.has(link.hash.toString("hex")))) {
    problems.push({ seq, what: "the chain up to here is not the one whose head was noted" });
  }
  return problems;
}

function problemsAtTheEnd(chain: Chain, walk: Walk, heads: ReadonlyMap<number, unknown>): AuditProblem[] {
  const newest = Math.max(chain.head_seq, ...heads.keys());
  if (walk.lastSeq < newest) {
    const lost = newest - walk.lastSeq;
    return [{ seq: walk.lastSeq + 1, what: `${lost} ${lost === 1 ? "entry" : "entries"} at the end are missing` }];
  }
  if (walk.lastSeq > chain.head_seq || !walk.lastHash.equals(chain.head_hash)) {
    return [{ seq: walk.lastSeq, what: "the chain does not end in its head" }];
  }
  return [];
}

async function readChain(db: Kysely<AuditTables>): Promise<Chain> {
  return db
    .selectFrom("audit_chain")
    .select(["base_seq", "base_hash", "head_seq", "head_hash"])
    .executeTakeFirstOrThrow();
}

/** By place in the chain, all hashes that were ever noted for it. */
async function readHeads(db: Kysely<AuditTables>, logged: NonNullable<VerifyOptions["heads"]>) {
  const stored = await db.selectFrom("audit_heads").select(["seq", "hash"]).execute();
  const heads = new Map<number, Set<string>>();
  const all = [...stored.map((head) => ({ seq: head.seq, hash: head.hash.toString("hex") })), ...logged];
  for (const { seq, hash } of all) heads.set(seq, (heads.get(seq) ?? new Set()).add(hash.toLowerCase()));
  return heads;
}

async function readLinks(db: Kysely<AuditTables>, after: number): Promise<Link[]> {
  const { rows } = await sql<Link>`
    select s.seq, s.hash, e.id is not null as found, ${chainedColumns}
    from audit_seals s left join audit_entries e on e.id = s.entry_id
    where s.seq > ${after} order by s.seq limit ${BATCH}`.execute(db);
  return rows;
}

/** From when to when the sealed entries are. */
async function readSpan(db: Kysely<AuditTables>): Promise<Pick<AuditVerification, "since" | "newest">> {
  const { rows } = await sql<{ since: Date | null; newest: Date | null }>`
    select (select e.at from audit_seals s join audit_entries e on e.id = s.entry_id order by s.seq limit 1) as since,
      (select e.at from audit_seals s join audit_entries e on e.id = s.entry_id order by s.seq desc limit 1) as newest
    `.execute(db);
  return { since: rows[0]?.since?.toISOString() ?? null, newest: rows[0]?.newest?.toISOString() ?? null };
}

/** Entries that no seal covers and that don't wait for one were put in past us. */
async function countEntries(db: Kysely<AuditTables>) {
  const { rows } = await sql<{ entries: number; sealed: number; strange: number }>`
    select (select count(*) from audit_entries) as entries, (select count(*) from audit_seals) as sealed,
      (select count(*) from audit_entries e
        where not exists (select 1 from audit_seals s where s.entry_id = e.id)
          and not exists (select 1 from audit_unsealed u where u.entry_id = e.id)) as strange`.execute(db);
  const { entries, sealed, strange } = rows[0] ?? { entries: 0, sealed: 0, strange: 0 };
  const what = `${strange} ${strange === 1 ? "entry is" : "entries are"} neither sealed nor waiting to be`;
  return { entries, sealed, problems: strange > 0 ? [{ seq: 0, what }] : [] };
}
