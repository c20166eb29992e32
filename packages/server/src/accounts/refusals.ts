import type { ErrorCode } from "../platform/errors/catalogue.ts";
import { type ErrorDetails, StoaError } from "../platform/errors/stoa-error.ts";

export type Locale = "en" | "fa";
type Refusal = { readonly code: ErrorCode; readonly en: string; readonly fa: string };

/** Why an accounts call is refused. The Persian texts of contract 2 are part of the contract, to the letter. */
export const refusals = {
  username_taken: { code: "invalid", en: "This user name is already taken", fa: "این نام کاربری قبلاً استفاده شده است" },
  email_taken: { code: "invalid", en: "This e-mail address is already registered", fa: "این ایمیل قبلاً ثبت شده است" },
  username_rule: {
    code: "unprocessable",
    en: "A user name has 3-20 characters, only lower-case English letters, digits, dots, hyphens and underscores",
    fa: "نام کاربری باید 3-20 کاراکتر و فقط شامل حروف انگلیسی کوچک، اعداد، نقطه، خط تیره باشد",
  },
  email_rule: { code: "unprocessable", en: "This is not an e-mail address", fa: "نشانی ایمیل معتبر نیست" },
  password_rule: {
    code: "unprocessable",
    en: "A password has at least 8 characters",
    fa: "رمز عبور باید حداقل 8 کاراکتر باشد",
  },
  password_too_long: {
    code: "unprocessable",
    en: "A password has at most 256 characters",
    fa: "رمز عبور باید حداکثر 256 کاراکتر باشد",
  },
  full_name_rule: { code: "unprocessable", en: "The full name is required", fa: "نام و نام خانوادگی الزامی است" },
  text_too_long: {
    code: "unprocessable",
    en: "The name or the organisation is too long, or has characters that cannot be shown",
    fa: "نام یا سازمان بیش از حد طولانی است یا نویسه‌های نامجاز دارد",
  },
  registration_closed: {
    code: "forbidden",
    en: "Registration is closed here. Ask an administrator for an account",
    fa: "ثبت‌نام در این سامانه بسته است. برای گرفتن حساب با مدیر سیستم تماس بگیرید",
  },
  registration_not_by_proxy: {
    code: "forbidden",
    en: "Registration is open on the server's own machine only, and a proxy passed this on. An administrator can open it with STOA_REGISTRATION=open or domains",
    fa: "ثبت‌نام فقط روی خود سرور باز است و این درخواست از پراکسی گذشته است. مدیر سیستم می‌تواند آن را با STOA_REGISTRATION=open یا domains باز کند",
  },
  domain_not_allowed: {
    code: "forbidden",
    en: "Only e-mail addresses of {domains} can register here",
    fa: "فقط نشانی‌های ایمیل {domains} می‌توانند ثبت‌نام کنند",
  },
  wrong_password: {
    code: "unauthenticated",
    en: "The user name or the password is wrong",
    fa: "نام کاربری یا رمز عبور اشتباه است",
  },
  deactivated: {
    code: "account_deactivated",
    en: "Your account has been deactivated. Contact the administrator.",
    fa: "حساب کاربری شما غیرفعال شده است. با مدیر سیستم تماس بگیرید.",
  },
  unconfirmed: {
    code: "forbidden",
    en: "Your account is not confirmed yet. Open the link in the e-mail you got, or ask an administrator",
    fa: "حساب شما هنوز تأیید نشده است. پیوند داخل ایمیل را باز کنید یا با مدیر سیستم تماس بگیرید",
  },
  no_such_user: { code: "not_found", en: "There is no such user", fa: "کاربر یافت نشد" },
  wrong_current_password: {
    code: "unprocessable",
    en: "The current password is wrong",
    fa: "رمز عبور فعلی اشتباه است",
  },
  same_password: {
    code: "unprocessable",
    en: "The new password is the same as the current one. Choose another",
    fa: "رمز عبور جدید همان رمز فعلی است. رمز دیگری انتخاب کنید",
  },
  link_invalid: {
    code: "gone",
    en: "This link has been used or has expired. Ask for a new one",
    fa: "این پیوند استفاده شده یا منقضی شده است. پیوند تازه‌ای بخواهید",
  },
  last_admin: {
    code: "conflict",
    en: "This is the last active administrator. Make someone else an administrator first",
    fa: "این آخرین مدیر فعال سیستم است. ابتدا شخص دیگری را مدیر کنید",
  },
  not_yourself: {
    code: "conflict",
    en: "You cannot deactivate your own account. Ask another administrator",
    fa: "نمی‌توانید حساب خودتان را غیرفعال کنید. از مدیر دیگری بخواهید",
  },
  reset_of_deactivated: {
    code: "conflict",
    en: "This account is deactivated. Activate it before making a reset link",
    fa: "این حساب غیرفعال است. پیش از ساختن پیوند بازنشانی آن را فعال کنید",
  },
  email_needs_admin: {
    code: "forbidden",
    en: "E-mail addresses decide who may register here. Ask an administrator to change yours",
    fa: "در این سامانه نشانی ایمیل تعیین‌کننده عضویت است. برای تغییر آن از مدیر سیستم بخواهید",
  },
  token_by_token: {
    code: "forbidden",
    en: "A personal access token cannot manage tokens. Sign in instead",
    fa: "با توکن دسترسی شخصی نمی‌توان توکن‌ها را مدیریت کرد. وارد شوید",
  },
  sign_in_needed: {
    code: "forbidden",
    en: "A token cannot do this. Sign in instead",
    fa: "این کار با توکن ممکن نیست. وارد شوید",
  },
  scope_not_owned: {
    code: "forbidden",
    en: "You cannot give a token what you may not do yourself: {scopes}",
    fa: "نمی‌توانید به توکن اختیاری بدهید که خودتان ندارید: {scopes}",
  },
  label_rule: {
    code: "unprocessable",
    en: "A token needs a label of 1 to 100 characters",
    fa: "توکن به برچسبی بین 1 تا 100 کاراکتر نیاز دارد",
  },
  expiry_rule: {
    code: "invalid",
    en: "The expiry must be a date or time in the future, at most {until}",
    fa: "تاریخ انقضا باید در آینده و حداکثر {until} باشد",
  },
  too_many_tokens: {
    code: "conflict",
    en: "You have {count} live tokens, the most allowed. Revoke one first",
    fa: "شما {count} توکن فعال دارید که بیشترین حد مجاز است. ابتدا یکی را باطل کنید",
  },
  no_such_token: { code: "not_found", en: "There is no such token", fa: "چنین توکنی وجود ندارد" },
} as const satisfies Record<string, Refusal>;

export type RefusalReason = keyof typeof refusals;

/** A refusal that people read: it knows its reason, so that the wire can say it in their language. */
export class AccountRefusal extends StoaError {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, details: ErrorDetails = {}) {
    const refusal: Refusal = refusals[reason];
    super(refusal.code, { message: fill(refusal.en, details), details: { ...details, reason } });
    this.reason = reason;
  }

  /** The same refusal in the language of the answer. */
  inLocale(locale: Locale): StoaError {
    const refusal: Refusal = refusals[this.reason];
    return new StoaError(refusal.code, { message: fill(refusal[locale], this.details), details: this.details });
  }
}

function fill(template: string, details: ErrorDetails): string {
  return template.replace(/\{(\w+)\}/g, (whole, key: string) => String(details[key] ?? whole));
}
