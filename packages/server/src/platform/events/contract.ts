import type { Transaction } from "kysely";
import type { EventTables } from "./tables.ts";

/** Something that happened, for pages, webhooks and other processes. Small: an id and what changed. */
export interface NewEvent {
  /** `domain.what`: `session.status`, `workspace.changed`, `operation.progress`, `credential.revoked`. */
  readonly type: string;
  readonly subject: { readonly kind: string; readonly id: string };
  /** Accounts that may see it; admins see all. Empty: admins only. `"everyone"`: every signed-in person. `"internal"`: server processes only. */
  readonly audience: readonly number[] | "everyone" | "internal";
  /** Only its audience's: not shown to other administrators either. */
  readonly isPrivate?: true;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface StoredEvent extends NewEvent {
  /** Opaque, totally ordered; what `Last-Event-ID` carries. */
  readonly cursor: string;
  readonly at: string;
}

export interface Events {
  /** Appends to the outbox in the caller's transaction (NOTIFY is sent at commit as an empty wake-up). */
  publish(trx: Transaction<EventTables>, event: NewEvent): Promise<void>;
  /**
   * Calls back on this process for each committed event of any process, in cursor order, none skipped,
   * from now on (or from `after`). With the listener down a poll does it (1 s at most).
   * `onGone` is called once when `after` is unknown or too old, or the database was restored: nothing more
   * comes then; read anew and subscribe again. (Left out: it goes on with what comes from then on.)
   * @returns stops the subscription.
   */
  subscribe(
    options: { readonly after?: string; readonly types?: readonly string[]; readonly onGone?: () => void },
    onEvent: (event: StoredEvent) => void,
  ): () => void;
  /** The newest cursor that is safe to resume from. */
  head(): Promise<string>;
  /** Committed events after `cursor`, oldest first. An unknown or too old cursor: `StoaError("gone")`. */
  since(cursor: string, limit: number): Promise<StoredEvent[]>;
  /** False while LISTEN is down: caches must then be bypassed. */
  readonly listening: boolean;
}
