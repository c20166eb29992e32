import { PrivateAddressError } from "../../platform/outbound/guarded-connector.ts";

type Locale = "en" | "fa";
type Say = (detail: string) => string;

/** Why an attempt counts as a failure, or a delivery is not sent at all; `detail` is a status, an address or a reason. */
const texts = {
  status: {
    en: (status) => `It answered ${status}. What counts is an answer from 200 to 299.`,
    fa: (status) => `پاسخش ${status} بود. تنها پاسخ ۲۰۰ تا ۲۹۹ پذیرفته است.`,
  },
  redirect: {
    en: (to) => `It redirects to ${to || "another address"}. Redirects are not followed: enter the final address.`,
    fa: (to) => `به ${to || "نشانی دیگری"} هدایت می‌کند. هدایت‌ها دنبال نمی‌شوند: نشانی نهایی را وارد کنید.`,
  },
  gone: {
    en: () => "It answered 410: it wants nothing more. The webhook was switched off.",
    fa: () => "پاسخش ۴۱۰ بود: دیگر چیزی نمی‌خواهد. وب‌هوک خاموش شد.",
  },
  timeout: {
    en: (seconds) => `There was no whole answer within ${seconds} seconds.`,
    fa: (seconds) => `در ${seconds} ثانیه پاسخ کاملی نیامد.`,
  },
  not_public: {
    en: () =>
      "Its name leads to an address that is not on the Internet. An administrator can allow it in STOA_WEBHOOK_PRIVATE_TARGETS.",
    fa: () =>
      "نامش به نشانی‌ای می‌رسد که در اینترنت نیست. مدیر سامانه می‌تواند آن را در STOA_WEBHOOK_PRIVATE_TARGETS مجاز کند.",
  },
  not_allowed: {
    en: () => "Its address is not allowed any more. Change it, or have an administrator allow it.",
    fa: () => "نشانی‌اش دیگر مجاز نیست. آن را عوض کنید یا از مدیر سامانه بخواهید مجازش کند.",
  },
  name_unknown: {
    en: () => "Its name is not known, or can't be looked up now.",
    fa: () => "نامش شناخته نیست یا اکنون یافت نمی‌شود.",
  },
  connection_refused: {
    en: () => "Nothing listens at its address.",
    fa: () => "پشت نشانی‌اش کسی گوش نمی‌دهد.",
  },
  unreachable: {
    en: (code) => `Its address can't be reached (${code}).`,
    fa: (code) => `به نشانی‌اش راهی نیست (${code}).`,
  },
  tls: {
    en: (code) => `No safe connection could be made: its certificate or its TLS is not in order (${code}).`,
    fa: (code) => `اتصال امن برقرار نشد: گواهی یا TLS آن درست نیست (${code}).`,
  },
  connection_lost: {
    en: () => "It closed the connection, or did not answer in HTTP.",
    fa: () => "اتصال را بست یا به HTTP پاسخ نداد.",
  },
  account_inactive: {
    en: () => "The account of its owner is not active, or is being deleted.",
    fa: () => "حساب صاحبش فعال نیست یا در حال حذف است.",
  },
  not_admin: {
    en: () => "Its owner is no administrator any more, or wants only their own events.",
    fa: () => "صاحبش دیگر مدیر نیست یا تنها رویدادهای خودش را می‌خواهد.",
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Locale, Say>>>>;

export type ProblemCode = keyof typeof texts;
export interface Problem {
  readonly code: ProblemCode;
  readonly detail: string | null;
}

/** Its sentence; null: there is no problem. */
export function problemText(code: string | null, detail: string | null, locale: Locale): string | null {
  if (code === null) return null;
  const text: Readonly<Record<Locale, Say>> | undefined = Object.hasOwn(texts, code)
    ? texts[code as ProblemCode]
    : undefined;
  return text === undefined ? code : text[locale](detail ?? "");
}

/** What an answer's status says; null: the delivery arrived. @param location where a redirect leads */
export function problemOfStatus(status: number, location: string | undefined): Problem | null {
  if (status >= 200 && status < 300) return null;
  if (status === 410) return { code: "gone", detail: null };
  if (status >= 300 && status < 400) return { code: "redirect", detail: (location ?? "").slice(0, 200) };
  return { code: "status", detail: String(status) };
}

const UNREACHABLE = new Set(["EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL", "EACCES", "EPERM", "EINVAL"]);

/** Why there was no answer. @param timeoutMs what an attempt may take */
export function problemOfError(error: unknown, timeoutMs: number): Problem {
  const codes = codesOf(error);
  if (causes(error).some((cause) => cause instanceof PrivateAddressError)) return { code: "not_public", detail: null };
  if (codes.includes("upstream_timeout") || codes.includes("ETIMEDOUT")) {
    return { code: "timeout", detail: String(timeoutMs / 1000) };
  }
  const unreachable = codes.find((code) => UNREACHABLE.has(code));
  if (codes.includes("ENOTFOUND") || codes.includes("EAI_AGAIN")) return { code: "name_unknown", detail: null };
  if (codes.includes("ECONNREFUSED")) return { code: "connection_refused", detail: null };
  if (unreachable !== undefined) return { code: "unreachable", detail: unreachable };
  const tls = codes.find((code) =>
    /^(ERR_SSL|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO|HOSTNAME_)/.test(code),
  );
  return tls === undefined ? { code: "connection_lost", detail: null } : { code: "tls", detail: tls };
}

/** The error, what caused it, and what it sums up (several addresses of one name). */
function causes(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const inner = error instanceof AggregateError ? error.errors.flatMap(causes) : [];
  return [error, ...inner, ...causes(error.cause)];
}

function codesOf(error: unknown): string[] {
  return causes(error).flatMap((cause) => ("code" in cause ? [String(cause.code)] : []));
}
