import type { Config } from "../config/schema.ts";
import { StoaError } from "../platform/errors/stoa-error.ts";
import type { Locale } from "../platform/http/messages.ts";
import type { Caller } from "./context.ts";
import type { JobType } from "./job-types/contract.ts";
import { inPersianDigits } from "./persian-digits.ts";
import type { Resource } from "./resources/contract.ts";
import { say } from "./sentences.ts";
import type { JobRow } from "./tables.ts";

/** Refusals that people read in their own language; programs get the English one. */
export class SessionRefused extends StoaError {
  readonly #persian: string;

  constructor(code: "forbidden" | "conflict" | "unprocessable", english: string, persian: string) {
    super(code, { message: english, details: code === "forbidden" ? { needs: "an administrator" } : {} });
    this.#persian = persian;
  }

  inLocale(locale: Locale): StoaError {
    return locale === "fa" ? new StoaError(this.code, { message: this.#persian, details: this.details }) : this;
  }
}

/**
 * Where nothing keeps sessions apart they run as the server's user: whoever has one can reach everything of the
 * server's.
 * @throws SessionRefused
 */
export function checkMayStartHere(
  caller: Pick<Caller, "isAdmin">,
  config: Pick<Config, "localIsolation">,
  { capabilities }: Pick<Resource, "capabilities">,
): void {
  if (caller.isAdmin || capabilities.keptApart || config.localIsolation === "none") return;
  throw new SessionRefused(
    "forbidden",
    say("not_kept_apart"),
    "نشست‌های این سرور هنوز از یکدیگر جدا نیستند؛ بنابراین فقط مدیران می‌توانند نشست آغاز کنند. " +
      "سرور آن‌ها را جدا نگه می‌دارد اگر bubblewrap روی این دستگاه کار کند، یا سرور با کاربر root و بدون STOA_BROKER=off اجرا شود (docs/isolation.md)؛ " +
      "و در جایی که همه به هم اعتماد دارند، مدیر می‌تواند STOA_LOCAL_ISOLATION=none را تنظیم کند.",
  );
}

/**
 * Whoever shares the machine reaches a port of its loopback.
 * @throws SessionRefused
 */
export function checkPortIsKept(
  type: Pick<JobType, "name" | "protection">,
  { capabilities }: Pick<Resource, "capabilities">,
): void {
  if (type.protection !== "private-network" || capabilities.ports) return;
  const reason = capabilities.noPorts ?? "";
  throw new SessionRefused(
    "conflict",
    say("port_not_protected", { job_type: type.name, reason }),
    `${type.name} باید روی یک درگاه گوش دهد و اینجا نمی‌توان آن را از دسترس دیگران دور نگه داشت: ${reason}.`,
  );
}

/**
 * Administrators choose in the settings who may start what, and on which hosts nothing is started any more.
 * @throws SessionRefused
 */
export function checkMayStartType(
  type: Pick<JobType, "id" | "name">,
  caller: Pick<Caller, "isAdmin">,
  { sessions }: Pick<Config, "sessions">,
): void {
  const who = sessions.mayStart.findLast(({ name }) => name === type.id)?.value ?? "everyone";
  if (who === "everyone" || (who === "admins" && caller.isAdmin)) return;
  throw who === "admins"
    ? new SessionRefused(
        "forbidden",
        say("type_for_admins", { job_type: type.name }),
        `${type.name} را اینجا فقط مدیران می‌توانند آغاز کنند.`,
      )
    : new SessionRefused(
        "conflict",
        say("type_switched_off", { job_type: type.name }),
        `${type.name} اینجا فعلاً خاموش است.`,
      );
}

/** @throws SessionRefused */
export function checkHostTakes({ sessions, nodeId }: Pick<Config, "sessions" | "nodeId">): void {
  if (!sessions.drained.includes(nodeId)) return;
  throw new SessionRefused(
    "conflict",
    say("host_drained", { host: nodeId }),
    `روی این دستگاه (${nodeId}) فعلاً نشستی آغاز نمی‌شود؛ آن‌ها که در جریان‌اند ادامه می‌یابند.`,
  );
}

/** @throws SessionRefused with the figures */
export function checkSessionCount(live: number, config: Pick<Config, "limits">): void {
  const allowed = config.limits.sessionsPerPerson;
  if (live < allowed) return;
  throw new SessionRefused(
    "conflict",
    say("too_many_sessions", { live, allowed }),
    `شما ${inPersianDigits(live)} نشست دارید و حداکثر ${inPersianDigits(allowed)} نشست هم‌زمان مجاز است (STOA_SESSIONS_PER_PERSON). ابتدا یکی را متوقف کنید.`,
  );
}

/** Whoever may not see a session is told that there is none. */
export function maySee(caller: Caller, job: Pick<JobRow, "owner_id">): boolean {
  return caller.isAdmin || job.owner_id === caller.accountId;
}

export function mayStop(caller: Caller, job: Pick<JobRow, "owner_id">): boolean {
  return caller.isAdmin || job.owner_id === caller.accountId;
}

/** To give it more time, or say that it is still wanted: it takes the core hours of whose it is. */
export function mayTime(caller: Pick<Caller, "accountId">, job: Pick<JobRow, "owner_id">): boolean {
  return job.owner_id === caller.accountId;
}

/** To type into somebody's terminal is to act as them: nobody else's business, administrators included. */
export function mayOpen(caller: Pick<Caller, "accountId">, job: Pick<JobRow, "owner_id">): boolean {
  return job.owner_id === caller.accountId;
}
