import {
  type Icon,
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleDot,
  IconCircleX,
  IconHourglass,
} from "./icons.ts";

export type Tone = "good" | "warn" | "bad" | "busy" | "quiet";

interface StateLook {
  readonly tone: Tone;
  /** Left out: a spinner, because it will change by itself. */
  readonly icon?: Icon;
  /** Under `states` in the catalogues. */
  readonly word: string;
}

/** Every state of every domain, with its colour, icon and word. The only such table. */
export const states = {
  "workspace.initializing": { tone: "busy", word: "initializing" },
  "workspace.idle": { tone: "quiet", icon: IconCircleDashed, word: "idle" },
  "workspace.active": { tone: "good", icon: IconCircleDot, word: "active" },
  "workspace.deleting": { tone: "busy", word: "deleting" },
  "workspace.error": { tone: "bad", icon: IconAlertTriangle, word: "error" },
  "session.pending": { tone: "busy", word: "pending" },
  "session.starting": { tone: "busy", word: "starting" },
  "session.running": { tone: "good", icon: IconCircleDot, word: "running" },
  "session.hangs": { tone: "warn", icon: IconAlertTriangle, word: "hangs" },
  "session.stopping": { tone: "busy", word: "stopping" },
  "session.complete": { tone: "quiet", icon: IconCheck, word: "complete" },
  "session.failed": { tone: "bad", icon: IconCircleX, word: "failed" },
  "hub.stopped": { tone: "quiet", icon: IconCircleDashed, word: "stopped" },
  "hub.starting": { tone: "busy", word: "starting" },
  "hub.ready": { tone: "good", icon: IconCircleDot, word: "ready" },
  "hub.stopping": { tone: "busy", word: "stopping" },
  "operation.queued": { tone: "quiet", icon: IconHourglass, word: "queued" },
  "operation.running": { tone: "busy", word: "running" },
  "operation.succeeded": { tone: "good", icon: IconCircleCheck, word: "succeeded" },
  "operation.failed": { tone: "bad", icon: IconCircleX, word: "failed" },
  "operation.cancelled": { tone: "quiet", icon: IconBan, word: "cancelled" },
  "account.active": { tone: "good", icon: IconCircleCheck, word: "activeAccount" },
  "account.deactivated": { tone: "quiet", icon: IconBan, word: "deactivated" },
  "account.pending": { tone: "warn", icon: IconHourglass, word: "unconfirmed" },
  "account.leaving": { tone: "warn", icon: IconHourglass, word: "leaving" },
  "account.deleted": { tone: "quiet", icon: IconBan, word: "deleted" },
  "token.active": { tone: "good", icon: IconCircleCheck, word: "activeToken" },
  "token.revoked": { tone: "quiet", icon: IconBan, word: "revoked" },
  "token.expired": { tone: "quiet", icon: IconHourglass, word: "expired" },
  "hubToken.good": { tone: "good", icon: IconCircleCheck, word: "activeToken" },
  "hubToken.revoking": { tone: "busy", word: "ending" },
  "hubToken.revoked": { tone: "quiet", icon: IconBan, word: "revoked" },
  "hubToken.expired": { tone: "quiet", icon: IconHourglass, word: "expired" },
  "share.copying": { tone: "busy", word: "copying" },
  "share.pending": { tone: "warn", icon: IconHourglass, word: "unanswered" },
  "share.accepted": { tone: "good", icon: IconCircleCheck, word: "accepted" },
  "share.declined": { tone: "quiet", icon: IconBan, word: "declined" },
  "share.cancelled": { tone: "quiet", icon: IconBan, word: "cancelled" },
  "share.failed": { tone: "bad", icon: IconCircleX, word: "failed" },
  "mail.queued": { tone: "busy", word: "queued" },
  "mail.sent": { tone: "good", icon: IconCircleCheck, word: "sent" },
  "mail.kept": { tone: "warn", icon: IconHourglass, word: "kept" },
  "mail.failed": { tone: "bad", icon: IconCircleX, word: "failed" },
  "audit.done": { tone: "quiet", icon: IconCheck, word: "done" },
  "audit.refused": { tone: "warn", icon: IconBan, word: "refused" },
  "audit.failed": { tone: "bad", icon: IconCircleX, word: "failed" },
  "announcement.shown": { tone: "good", icon: IconCircleDot, word: "shown" },
  "announcement.planned": { tone: "busy", icon: IconHourglass, word: "planned" },
  "announcement.past": { tone: "quiet", icon: IconCheck, word: "past" },
  "chain.verified": { tone: "good", icon: IconCircleCheck, word: "verified" },
  "chain.broken": { tone: "bad", icon: IconAlertTriangle, word: "broken" },
} as const satisfies Record<string, StateLook>;

export type KnownState = keyof typeof states;

/** The look of `domain.state`; null for one that a newer server made up. */
export function lookOf(domain: string, state: string): StateLook | null {
  const table: Readonly<Record<string, StateLook>> = states;
  return table[`${domain}.${state}`] ?? null;
}
