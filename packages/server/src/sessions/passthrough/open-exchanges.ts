import type { Revocations, Revoked } from "../../platform/http/revocations.ts";

/** Somebody's proof for an exchange that may outlive its first moment. */
export interface Holder {
  readonly accountId: number;
  readonly credentialId: string;
  /** Ms since the epoch; null: never. */
  readonly expiresAt: number | null;
}

/** Exchanges under way, so that revoking a credential ends them within a second. */
export interface OpenExchanges {
  /** @returns ends the entry: call it once when the exchange is over. */
  open(jobId: number, holder: Holder, end: () => void): () => void;
  /** Under way with this session. */
  of(jobId: number): number;
  readonly size: number;
  /** Revocations seen so far: who was let in while one came must be asked again. */
  readonly revocationsSeen: number;
  close(): void;
}

interface Entry {
  readonly jobId: number;
  readonly holder: Holder;
  readonly end: () => void;
}

const EXPIRY_SWEEP_MS = 1_000;

export function createOpenExchanges(revocations: Revocations): OpenExchanges {
  const entries = new Set<Entry>();
  const bySession = new Map<number, number>();
  const count = (jobId: number, change: number): void => {
    const now = (bySession.get(jobId) ?? 0) + change;
    if (now === 0) bySession.delete(jobId);
    else bySession.set(jobId, now);
  };
  const forget = (entry: Entry): void => {
    if (entries.delete(entry)) count(entry.jobId, -1);
  };
  const endWhere = (hit: (holder: Holder) => boolean): void => {
    for (const entry of entries) {
      if (!hit(entry.holder)) continue;
      forget(entry);
      entry.end();
    }
  };
  let seen = 0;
  const stop = revocations.onAny((what) => {
    seen += 1;
    endWhere((holder) => touches(what, holder));
  });
  const sweep = setInterval(() => {
    const now = Date.now();
    endWhere((holder) => holder.expiresAt !== null && holder.expiresAt <= now);
  }, EXPIRY_SWEEP_MS);
  sweep.unref();

  return {
    open(jobId, holder, end) {
      const entry: Entry = { jobId, holder, end };
      entries.add(entry);
      count(jobId, 1);
      return () => forget(entry);
    },
    of: (jobId) => bySession.get(jobId) ?? 0,
    get revocationsSeen() {
      return seen;
    },
    get size() {
      return entries.size;
    },
    close() {
      stop();
      clearInterval(sweep);
      endWhere(() => true);
    },
  };
}

function touches(what: Revoked, holder: Holder): boolean {
  if ("credentialId" in what) return what.credentialId === holder.credentialId;
  return what.accountId === holder.accountId && what.except !== holder.credentialId;
}
