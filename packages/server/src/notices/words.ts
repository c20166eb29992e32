import { shownBytes } from "../platform/shown-bytes.ts";
import { isKind, type NoticeKind, type ValuesOf } from "./kinds.ts";
import type { Said } from "./tables.ts";

export type Locale = "en" | "fa";

type Values = ValuesOf<NoticeKind> & Said;
type Say = (said: Said & { readonly [name: string]: string }) => string;

/** The sentence of each kind in both languages, for mails and for programs; the portal has its own (`notices.said`). */
const sentences: Readonly<Record<NoticeKind, Readonly<Record<Locale, Say>>>> = {
  "share.offered": {
    en: ({ person, name }) => `${person} shared "${name}" with you`,
    fa: ({ person, name }) => `${person} فضای کار «${name}» را با شما به اشتراک گذاشت`,
  },
  "share.accepted": {
    en: ({ person, name }) => `${person} accepted "${name}"`,
    fa: ({ person, name }) => `${person} فضای کار «${name}» را پذیرفت`,
  },
  "share.declined": {
    en: ({ person, name }) => `${person} declined "${name}"`,
    fa: ({ person, name }) => `${person} فضای کار «${name}» را نپذیرفت`,
  },
  "share.failed": {
    en: ({ person, name }) => `"${name}" could not be shared with ${person}`,
    fa: ({ person, name }) => `اشتراک‌گذاری «${name}» با ${person} انجام نشد`,
  },
  "session.shared": {
    en: ({ person, name }) => `${person} let you into a session in "${name}"`,
    fa: ({ person, name }) => `${person} شما را به نشستی در «${name}» راه داد`,
  },
  "session.unshared": {
    en: ({ person, name }) => `${person} took back your access to a session in "${name}"`,
    fa: ({ person, name }) => `${person} راه شما به نشستی در «${name}» را پس گرفت`,
  },
  "session.failed": {
    en: ({ name }) => `Your session in "${name}" failed`,
    fa: ({ name }) => `نشست شما در «${name}» ناموفق پایان یافت`,
  },
  "session.stopped": {
    en: ({ person, name }) => `${person} stopped your session in "${name}"`,
    fa: ({ person, name }) => `${person} نشست شما در «${name}» را متوقف کرد`,
  },
  "session.idle": {
    en: ({ name, at }) => `Nobody uses your session in "${name}": it will be stopped at ${at}`,
    fa: ({ name, at }) => `کسی از نشست شما در «${name}» استفاده نمی‌کند: در ${at} متوقف می‌شود`,
  },
  "session.ended": {
    en: ({ name, why }) =>
      why === "idle"
        ? `Your session in "${name}" was stopped because nobody used it`
        : `Your session in "${name}" was stopped because its time was over`,
    fa: ({ name, why }) =>
      why === "idle"
        ? `نشست شما در «${name}» متوقف شد، چون کسی از آن استفاده نمی‌کرد`
        : `نشست شما در «${name}» متوقف شد، چون زمانش تمام شده بود`,
  },
  "hub.idle": {
    en: ({ name, at, why }) =>
      `Nobody uses your Jupyter server${why === "named" ? ` "${name}"` : ""}: it will be stopped at ${at}`,
    fa: ({ name, at, why }) =>
      `کسی از سرور Jupyter شما${why === "named" ? ` «${name}»` : ""} استفاده نمی‌کند: در ${at} متوقف می‌شود`,
  },
  "hub.stopped": {
    en: ({ person, name, why }) => `${person} stopped your Jupyter server${why === "named" ? ` "${name}"` : ""}`,
    fa: ({ person, name, why }) => `${person} سرور Jupyter شما${why === "named" ? ` «${name}»` : ""} را متوقف کرد`,
  },
  "hub.opened": {
    en: ({ person, name, why }) =>
      `The administrator ${person} opened your Jupyter server${why === "named" ? ` "${name}"` : ""}`,
    fa: ({ person, name, why }) =>
      `مدیر سامانه، ${person}، سرور Jupyter شما${why === "named" ? ` «${name}»` : ""} را باز کرد`,
  },
  "operation.failed": {
    en: ({ operation }) => `Something you asked for failed (${operation})`,
    fa: ({ operation }) => `کاری که خواسته بودید انجام نشد (${operation})`,
  },
  "storage.filling": {
    en: ({ percent, used, allowed }) => `Your storage is ${percent} % full: ${used} of ${allowed}`,
    fa: ({ percent, used, allowed }) => `فضای ذخیره‌سازی شما ${percent} درصد پر است: ${used} از ${allowed}`,
  },
  "storage.full": {
    en: ({ used, allowed }) => `Your storage is full: ${used} of ${allowed}`,
    fa: ({ used, allowed }) => `فضای ذخیره‌سازی شما پر شده است: ${used} از ${allowed}`,
  },
  "webhook.disabled": {
    en: ({ name, why }) =>
      why === "gone"
        ? `Your webhook "${name}" was switched off: its receiver wants nothing more`
        : `Your webhook "${name}" was switched off: nothing arrives there`,
    fa: ({ name, why }) =>
      why === "gone"
        ? `وب‌هوک «${name}» شما خاموش شد: گیرنده‌اش دیگر چیزی نمی‌خواهد`
        : `وب‌هوک «${name}» شما خاموش شد: چیزی به مقصدش نمی‌رسد`,
  },
  "webhook.full": {
    en: ({ name, waiting }) => `New events are left out for your webhook "${name}": ${waiting} wait for it already`,
    fa: ({ name, waiting }) =>
      `رویدادهای تازه برای وب‌هوک «${name}» شما کنار گذاشته می‌شوند: ${waiting} رویداد هنوز در صف آن است`,
  },
  "token.expiring": {
    en: ({ name, at }) => `Your token "${name}" expires at ${at}`,
    fa: ({ name, at }) => `توکن «${name}» شما در ${at} منقضی می‌شود`,
  },
  "sign-in.new": {
    en: ({ agent, address }) => `A new sign-in to your account: ${agent || "a program"}, from ${address}`,
    fa: ({ agent, address }) => `ورود تازه‌ای به حساب شما: ${agent || "یک برنامه"}، از ${address}`,
  },
  "account.role": {
    en: ({ person, role }) =>
      role === "admin" ? `${person} made you an administrator` : `${person} took your administrator role away`,
    fa: ({ person, role }) => (role === "admin" ? `${person} شما را مدیر کرد` : `${person} نقش مدیر را از شما گرفت`),
  },
  "account.second-factor-reset": {
    en: ({ person }) => `${person} switched off your second factor`,
    fa: ({ person }) => `${person} عامل دوم ورود شما را برداشت`,
  },
  "account.deletion-planned": {
    en: ({ person, at }) => `${person} has your account deleted at ${at}`,
    fa: ({ person, at }) => `به خواست ${person}، حساب شما در ${at} حذف می‌شود`,
  },
  "account.impersonated": {
    en: ({ person, until }) => `The administrator ${person} acts in your name until ${until}`,
    fa: ({ person, until }) => `مدیر سامانه، ${person}، تا ${until} به جای شما کار می‌کند`,
  },
  "admin.mail-kept": {
    en: ({ subject }) => `A mail waits for you to pass it on: "${subject}"`,
    fa: ({ subject }) => `پیامی منتظر است که شما برسانیدش: «${subject}»`,
  },
  "admin.operation-failed": {
    en: ({ operation, person }) => (person ? `${operation} of ${person} failed` : `${operation} failed`),
    fa: ({ operation, person }) =>
      person ? `عملیات ${operation} از ${person} ناموفق ماند` : `عملیات ${operation} ناموفق ماند`,
  },
  "admin.unhealthy": {
    en: ({ thing }) => `${thing} is not in order`,
    fa: ({ thing }) => `${thing} روبه‌راه نیست`,
  },
  "admin.healthy": {
    en: ({ thing }) => `${thing} is in order again`,
    fa: ({ thing }) => `${thing} دوباره روبه‌راه است`,
  },
  "admin.audit-broken": {
    en: ({ problems }) => `The audit log is not as it was written: ${problems} things are wrong in it`,
    fa: ({ problems }) => `سوابق آن‌گونه که نوشته شده نمانده است: ${problems} مورد درست نیست`,
  },
};

/** What some kinds' own mails say besides: what it means, and what to do. */
const more: Partial<Readonly<Record<NoticeKind, Readonly<Record<Locale, string>>>>> = {
  "share.offered": {
    en: "You have been given a copy of the workspace. Its files are ready. Until you accept it, it is not among your workspaces; what you change in your copy is yours alone. Accept it or decline it here:",
    fa: "نسخه‌ای از این فضای کار به شما داده شده و فایل‌های آن آماده است. تا وقتی آن را نپذیرفته‌اید، در میان فضاهای کار شما دیده نمی‌شود؛ هر تغییری در نسخهٔ خودتان بدهید فقط از آنِ شماست. اینجا آن را بپذیرید یا رد کنید:",
  },
  "share.failed": {
    en: "The receiver has not been told of it. You can try again, or cancel the share:",
    fa: "به گیرنده خبری داده نشده است. می‌توانید دوباره تلاش کنید یا اشتراک را لغو کنید:",
  },
  "storage.full": {
    en: "Nothing more can be written there. Look for what takes the room, and delete it for good: where workspaces count, so does what is in their trash.",
    fa: "چیز دیگری آنجا نوشته نمی‌شود. ببینید چه چیزهایی جا گرفته‌اند و آن‌ها را برای همیشه حذف کنید: هر جا فضاهای کار به شمار می‌آیند، سطل بازیافتشان هم به شمار می‌آید.",
  },
  "webhook.disabled": {
    en: "What waits is kept for some days, and is sent when you switch it on again. Its log says what went wrong:",
    fa: "آنچه در راه است چند روزی نگه داشته می‌شود و هر گاه دوباره روشنش کنید فرستاده می‌شود. گزارش آن می‌گوید چه شده است:",
  },
  "webhook.full": {
    en: "Its receiver is away, or slower than things happen. What happens until there is room again does not reach it. Its log says what went wrong:",
    fa: "گیرنده‌اش در دسترس نیست یا کندتر از رویدادهاست. آنچه تا باز شدن جا رخ دهد به آن نمی‌رسد. گزارش آن می‌گوید چه شده است:",
  },
  "token.expiring": {
    en: "Programs that use it will stop working then. Renew it on your account page if you need it, or let it expire:",
    fa: "از آن پس برنامه‌هایی که از آن استفاده می‌کنند از کار می‌افتند. اگر لازمش دارید در صفحهٔ حساب خود تمدیدش کنید، وگرنه به حال خود بگذاریدش:",
  },
  "sign-in.new": {
    en: "If it was you, there is nothing to do. If not, end it on your account page and change your password:",
    fa: "اگر خودتان بوده‌اید، کاری لازم نیست. وگرنه در صفحهٔ حساب خود به آن پایان دهید و رمز عبورتان را عوض کنید:",
  },
  "account.impersonated": {
    en: "Everything they do meanwhile stands in your account's history under their name.",
    fa: "هر کاری در این مدت بکند، به نام خودش در تاریخچهٔ حساب شما می‌ماند.",
  },
};

/** A notice as a sentence without its full stop; names of others stand on one line, in their own direction. */
export function sentenceOf({ kind, said }: { readonly kind: string; readonly said: Said }, locale: Locale): string {
  if (!isKind(kind)) return kind;
  return sentences[kind][locale](readable(said, locale));
}

/** Null: the sentence says all. */
export function moreOf(kind: string, locale: Locale): string | null {
  return (isKind(kind) && more[kind]?.[locale]) || null;
}

/** Somebody's own words about it, quoted; null: there are none. */
export function reasonOf({ said }: { readonly said: Said }, locale: Locale): string | null {
  const { reason } = said;
  if (typeof reason !== "string" || reason.trim() === "") return null;
  return locale === "fa" ? `«${oneLine(reason)}»` : `"${oneLine(reason)}"`;
}

/** Names of times, by what they are called. */
const TIMES = new Set(["at", "until"]);
/** Names of sizes in bytes. */
const SIZES = new Set(["used", "allowed"]);
/** Names of plain numbers. */
const FIGURES = new Set(["percent", "waiting"]);
/** Ours: they decide about the sentence, and stand in none as they are. */
const CODES = new Set(["why", "role"]);

function readable(said: Said, locale: Locale): Values & { readonly [name: string]: string } {
  const texts = Object.entries(said).map(([name, value]) => {
    if (value === null) return [name, ""];
    if (TIMES.has(name)) return [name, timeOf(String(value), locale)];
    if (SIZES.has(name) && typeof value === "number") return [name, shownBytes(value, locale)];
    if (FIGURES.has(name)) return [name, Number(value).toLocaleString(locale === "fa" ? "fa-IR" : "en-GB")];
    return [name, CODES.has(name) ? String(value) : oneLine(String(value))];
  });
  return Object.fromEntries(texts) as Values & { readonly [name: string]: string };
}

function timeOf(iso: string, locale: Locale): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return oneLine(iso);
  const language = locale === "fa" ? "fa-IR" : "en-GB";
  const text = at.toLocaleString(language, { timeZone: "UTC", dateStyle: "medium", timeStyle: "short" });
  return locale === "fa" ? `${text} (به وقت جهانی)` : `${text} UTC`;
}

/** A text of somebody else's in ours: on one line, and of one direction whatever stands in it. */
function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();
  return `\u2068${line}\u2069`;
}
