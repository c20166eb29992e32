import type { ErrorCode } from "../errors/catalogue.ts";
import type { StoaError } from "../errors/stoa-error.ts";

export type Locale = "en" | "fa";

/** Persian texts of the catalogue, by code, with the same placeholders. */
export const persian: Readonly<Record<ErrorCode, string>> = {
  invalid: "درخواست معتبر نیست: {problem}.",
  malformed_json: "بدنهٔ درخواست JSON معتبر نیست. آن را به صورت JSON با UTF-8 بفرستید.",
  two_credentials: "در یک درخواست دو اعتبارنامه آمده است ({kinds}). فقط یکی بفرستید.",
  unauthenticated: "وارد شوید یا توکن معتبر بفرستید.",
  wrong_credential: "این نوع اعتبارنامه برای این بخش پذیرفته نیست. مستندات در /docs است.",
  forbidden: "اجازهٔ این کار را ندارید: به {needs} نیاز دارد.",
  csrf: "این درخواست از صفحه‌های خود پورتال نیامده است. صفحه را دوباره بارگذاری کنید.",
  password_change_required: "ابتدا رمز عبور تازه‌ای برای خود انتخاب کنید: رمز فعلی را سامانه ساخته است.",
  second_factor_required: "اینجا ورود دومرحله‌ای لازم است. وارد پورتال شوید و ابتدا آن را فعال کنید.",
  deletion_pending: "این حساب در حال حذف است. تا آن زمان فقط می‌توان آن را دید، از داده‌ها خروجی گرفت یا حذف را لغو کرد.",
  email_unverified:
    "ابتدا نشانی ایمیل خود را تأیید کنید: پیوند داخل ایمیل را باز کنید یا بخواهید دوباره فرستاده شود. تا آن زمان فقط می‌توانید ببینید.",
  acting_as:
    "شما به جای شخص دیگری کار می‌کنید. رمز عبور، توکن‌ها، ورودها، گروه‌ها، اشتراک‌ها و دیگر تنظیمات حساب فقط در اختیار خود اوست: ابتدا به حساب خودتان برگردید.",
  account_deactivated: "حساب کاربری شما غیرفعال شده است. با مدیر سیستم تماس بگیرید.",
  not_found: "چنین چیزی اینجا نیست ({what}).",
  method_not_allowed: "{method} در این نشانی ممکن نیست. روش‌های مجاز: {allowed}.",
  conflict: "{problem}.",
  idempotency_mismatch: "این Idempotency-Key برای درخواست دیگری به کار رفته است. کلید تازه‌ای بفرستید.",
  gone: "این دیگر معتبر نیست ({what}).",
  precondition_failed: "{problem}.",
  too_large: "حجم از سقف {limit} بایت بیشتر است.",
  unsupported_media_type: "نوع محتوای {type} اینجا پذیرفته نیست.",
  unprocessable: "{problem}.",
  headers_too_large:
    "نشانی و سرایندهای این درخواست از {limit} بایت بیشتر است. در مرورگر، کوکی‌های این سایت را پاک کنید و دوباره امتحان کنید.",
  host_unknown: "این سرور به نام میزبان {host} پاسخ نمی‌دهد. از نشانی چاپ‌شده هنگام راه‌اندازی استفاده کنید.",
  locked: "{problem}.",
  rate_limited: "تلاش‌ها بیش از حد بوده است. {seconds} ثانیهٔ دیگر دوباره تلاش کنید.",
  checksum_mismatch: "{what} همان‌طور که فرستاده شد نرسید. چیزی از آن نگه داشته نشد: دوباره بفرستید.",
  launch_failed: "سرور راه‌اندازی نشد: {problem}.",
  defect: "خطایی در سرور رخ داد. مدیر سیستم با شناسهٔ درخواست آن را پیدا می‌کند.",
  upstream_failed: "{what} درست پاسخ نداد.",
  maintenance:
    "استوآ در دست تعمیر و نگهداری است و فعلاً چیزی را نمی‌توان تغییر داد. آنچه در جریان است ادامه می‌یابد. بعدتر دوباره تلاش کنید.",
  unavailable: "{what} اکنون در دسترس نیست. چیزی تغییر نکرد. کمی بعد دوباره تلاش کنید.",
  upstream_timeout: "{what} به موقع پاسخ نداد.",
  disk_full: "برای {what} جایی نمانده است. چیزی نوشته نشد.",
};

/** An error that carries its own text in both languages, as a domain's refusals do. */
interface Localised {
  inLocale(locale: Locale): StoaError;
}

/**
 * What a person reads. A text of the thrower's own (a contract's exact words) stays as it is, unless
 * the error knows its own translation.
 */
export function messageIn(locale: Locale, error: StoaError): string {
  if (isLocalised(error)) return error.inLocale(locale).message;
  if (locale === "en") return error.message;
  return error.byDefault ? fill(persian[error.code], error) : error.message;
}

/** The first of Accept-Language's languages that we speak, by weight; null when there is none. */
export function preferredLocale(acceptLanguage: string | undefined): Locale | null {
  if (acceptLanguage === undefined || acceptLanguage.length > 500) return null;
  let best: Locale | null = null;
  let bestWeight = 0;
  for (const part of acceptLanguage.split(",")) {
    const [tag = "", ...parameters] = part.trim().toLowerCase().split(";");
    const weight = Number(
      parameters
        .find((p) => p.trim().startsWith("q="))
        ?.trim()
        .slice(2) ?? 1,
    );
    const language = tag.split("-")[0];
    if ((language === "en" || language === "fa") && weight > bestWeight) [best, bestWeight] = [language, weight];
  }
  return best;
}

function isLocalised(error: StoaError): error is StoaError & Localised {
  return "inLocale" in error && typeof error.inLocale === "function";
}

function fill(template: string, error: StoaError): string {
  return template.replace(/\{(\w+)\}/g, (whole, key: string) => String(error.details[key] ?? whole));
}
