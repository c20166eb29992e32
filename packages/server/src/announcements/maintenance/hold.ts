import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Locale } from "../../platform/http/messages.ts";
import { isSafeMethod } from "../../platform/http/request-origin.ts";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import type { Principal } from "../../platform/principal.ts";
import type { MaintenanceRow } from "../tables.ts";

/**
 * Writes that stay open while all others are held, by what they leave in the audit log: signing in and out, putting
 * one's own access in order, what keeps or ends a session that runs, and what keeps from being deleted what is due for it.
 */
const OPEN: ReadonlySet<string> = new Set([
  "account.sign-in",
  "account.sign-out",
  "account.password",
  "account.reset-request",
  "account.reset",
  "account.second-factor-begin",
  "account.second-factor-on",
  "account.recovery-codes",
  "account.revoke-sign-in",
  "account.act-as-end",
  "account.display",
  "account.delete-cancel",
  "workspace.file.restore",
  "token.revoke",
  "session.ticket",
  "session.extend",
  "session.keep",
  "session.stop",
]);

/** Seconds after which programs may try again where nobody knows the end. */
const UNKNOWN_SECONDS = 300;
const LONGEST_SECONDS = 3_600;

/** Nothing can be changed now; whoever asks learns until when, in the words of who planned it. */
class UnderMaintenance extends StoaError {
  readonly #messageFa: string;

  constructor({ message, message_fa, ends_at }: MaintenanceRow, now: Date) {
    const until = ends_at?.toISOString() ?? null;
    const left = ends_at === null ? UNKNOWN_SECONDS : Math.ceil((ends_at.getTime() - now.getTime()) / 1000);
    super("maintenance", {
      message: `Stoa is under maintenance${until === null ? "" : ` until ${until}`}: nothing can be changed now. What runs goes on.${message === "" ? "" : ` ${message}`}`,
      details: { until, seconds: Math.min(LONGEST_SECONDS, Math.max(1, left)), text: message },
    });
    this.#messageFa = message_fa;
  }

  inLocale(locale: Locale): StoaError {
    if (locale === "en") return this;
    const said = this.#messageFa === "" ? String(this.details.text) : this.#messageFa;
    const text = "استوآ در دست تعمیر و نگهداری است و فعلاً چیزی را نمی‌توان تغییر داد. آنچه در جریان است ادامه می‌یابد.";
    return new StoaError("maintenance", { message: said === "" ? text : `${text} ${said}`, details: this.details });
  }
}

/** @throws StoaError maintenance (503, Retry-After) for a write that has to wait; administrators' never do */
export function holdWrite(
  maintenance: MaintenanceRow,
  { policy, method, principal }: { policy: RoutePolicy; method: string; principal: Principal | null },
  now: Date,
): void {
  if (isSafeMethod(method) || policy.openInMaintenance === true || principal?.isAdmin === true) return;
  if (policy.audit !== undefined && OPEN.has(policy.audit)) return;
  throw new UnderMaintenance(maintenance, now);
}
