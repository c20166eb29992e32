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
  proof_needed: {
    code: "unprocessable",
    en: "This asks for your own password once more: give current_password, and code where you have a second factor",
    fa: "برای این کار باید رمز عبور خودتان را دوباره وارد کنید و اگر ورود دومرحله‌ای دارید، کد آن را هم",
  },
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
  second_factor_token: {
    code: "forbidden",
    en: "This account has a second factor, so a password alone gets no token. Make a personal access token in the portal and use that",
    fa: "ورود این حساب دومرحله‌ای است و با رمز عبور به‌تنهایی توکن داده نمی‌شود. در پورتال توکن دسترسی شخصی بسازید و آن را به کار ببرید",
  },
  code_refused: {
    code: "unauthenticated",
    en: "The code is wrong or has been used already. Wait for the next one",
    fa: "کد اشتباه است یا پیش‌تر استفاده شده است. منتظر کد بعدی بمانید",
  },
  sign_in_over: {
    code: "unauthenticated",
    en: "This sign-in took too long or failed too often. Begin again with your password",
    fa: "این ورود بیش از حد طول کشید یا بارها ناموفق بود. دوباره با رمز عبور آغاز کنید",
  },
  wrong_code: {
    code: "unprocessable",
    en: "The code is wrong or has been used already. Wait for the next one",
    fa: "کد اشتباه است یا پیش‌تر استفاده شده است. منتظر کد بعدی بمانید",
  },
  code_needed: {
    code: "unprocessable",
    en: "This needs a code of your second factor as well",
    fa: "این کار به کد ورود دومرحله‌ای هم نیاز دارد",
  },
  second_factor_there: {
    code: "conflict",
    en: "You have a second factor already. Disable it before setting up another",
    fa: "ورود دومرحله‌ای شما فعال است. پیش از راه‌اندازی دوباره، آن را غیرفعال کنید",
  },
  second_factor_absent: {
    code: "conflict",
    en: "There is no second factor on this account",
    fa: "ورود دومرحله‌ای برای این حساب فعال نیست",
  },
  enrolment_absent: {
    code: "conflict",
    en: "Begin with a new QR code, then enter a code of it",
    fa: "ابتدا کد QR تازه‌ای بگیرید، سپس کدی را که برنامه نشان می‌دهد وارد کنید",
  },
  second_factor_own: {
    code: "conflict",
    en: "This is your own. Disable it with your password and a code, or ask another administrator",
    fa: "این برای حساب خودتان است. آن را با رمز عبور و کد غیرفعال کنید یا از مدیر دیگری بخواهید",
  },
  email_verified: {
    code: "conflict",
    en: "Your e-mail address is verified, and no new one is waiting",
    fa: "نشانی ایمیل شما تأیید شده است و نشانی تازه‌ای در انتظار نیست",
  },
  email_not_theirs: {
    code: "conflict",
    en: "This is neither the person's address nor the one they want. Look again",
    fa: "این نه نشانی این شخص است و نه نشانی تازه‌ای که خواسته است. دوباره نگاه کنید",
  },
  no_such_sign_in: { code: "not_found", en: "There is no such sign-in", fa: "چنین ورودی وجود ندارد" },
  no_such_export: {
    code: "not_found",
    en: "There is no such export, or it is over",
    fa: "چنین خروجی‌ای وجود ندارد یا مهلت آن گذشته است",
  },
  too_many_exports: {
    code: "conflict",
    en: "{count} exports were made in the last day, the most allowed. Download one of those, or wait",
    fa: "در یک روز گذشته {count} خروجی ساخته شده که بیشترین حد مجاز است. یکی از آن‌ها را دریافت کنید یا صبر کنید",
  },
  deletion_asked: {
    code: "conflict",
    en: "The deletion has been asked for already",
    fa: "حذف این حساب پیش‌تر درخواست شده است",
  },
  deletion_absent: {
    code: "conflict",
    en: "Nobody asked for this account to be deleted",
    fa: "حذف این حساب درخواست نشده است",
  },
  deletion_begun: {
    code: "conflict",
    en: "The deletion has begun and cannot be cancelled any more",
    fa: "حذف آغاز شده است و دیگر نمی‌توان آن را لغو کرد",
  },
  deletion_not_yours: {
    code: "forbidden",
    en: "An administrator asked for this deletion, and only an administrator can cancel it",
    fa: "این حذف را مدیر سیستم خواسته است و فقط مدیر سیستم می‌تواند آن را لغو کند",
  },
  deletion_of_yourself: {
    code: "conflict",
    en: "This is your own account. Delete it from your account page, with your password",
    fa: "این حساب خودتان است. آن را از صفحهٔ حساب و با رمز عبور حذف کنید",
  },
  account_deleted: {
    code: "conflict",
    en: "This account is deleted, or being deleted. Its user name is kept so that nobody takes it",
    fa: "این حساب حذف شده یا در حال حذف است. نام کاربری آن نگه داشته می‌شود تا کسی آن را برندارد",
  },
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
