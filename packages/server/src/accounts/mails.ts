import type { Mail } from "../platform/mail/contract.ts";
import type { AccountRow } from "./account.ts";
import type { AccountsContext } from "./context.ts";
import type { OneTimeLink } from "./one-time-links.ts";

export type Addressee = Pick<AccountRow, "id" | "email" | "full_name" | "username" | "locale">;

/** In the person's own language, else in the configured one. */
function localeOf(account: Addressee, { platform }: AccountsContext): "en" | "fa" {
  return account.locale ?? platform.config.defaultLocale;
}

/** A mail in the language of who gets it: the subject first, then the paragraphs. */
export function mail(
  account: Addressee,
  context: AccountsContext,
  texts: Record<"en" | "fa", readonly string[]>,
): Mail {
  const locale = localeOf(account, context);
  const [subject = "", ...paragraphs] = texts[locale];
  return { to: account.email, subject, text: paragraphs.join("\n\n"), locale, accountId: account.id };
}

/** @param link holds the one-time secret */
export function resetMail(account: Addressee, { url, expiresAt }: OneTimeLink, context: AccountsContext): Mail {
  const texts = {
    en: [
      "Choose a new password for Stoa",
      `Hello ${account.full_name},`,
      `Somebody asked for a new password for your account "${account.username}". If it was you, open this link within an hour; it works once:`,
      url,
      "If it was not you, do nothing: your password stays as it is.",
    ],
    fa: [
      "انتخاب رمز عبور تازه برای استوا",
      `${account.full_name} عزیز، سلام.`,
      `برای حساب «${account.username}» رمز عبور تازه‌ای درخواست شده است. اگر شما بوده‌اید، این پیوند را تا یک ساعت دیگر باز کنید؛ فقط یک بار کار می‌کند:`,
      url,
      "اگر شما نبوده‌اید، کاری نکنید: رمز عبورتان تغییری نمی‌کند.",
    ],
  };
  return { ...mail(account, context, texts), expiresAt };
}

/** @param link holds the one-time secret */
export function confirmMail(account: Addressee, { url, expiresAt }: OneTimeLink, context: AccountsContext): Mail {
  const texts = {
    en: [
      "Confirm your e-mail address for Stoa",
      `Hello ${account.full_name},`,
      `An account "${account.username}" was registered with this address. If it was you, open this link within two days and enter the password you chose:`,
      url,
      "If it was not you, do nothing: the account will not be opened.",
    ],
    fa: [
      "تأیید نشانی ایمیل برای استوا",
      `${account.full_name} عزیز، سلام.`,
      `با این نشانی حسابی به نام «${account.username}» ثبت شده است. اگر شما بوده‌اید، این پیوند را تا دو روز دیگر باز کنید و رمزی را که انتخاب کرده‌اید وارد کنید:`,
      url,
      "اگر شما نبوده‌اید، کاری نکنید: این حساب باز نخواهد شد.",
    ],
  };
  return { ...mail(account, context, texts), expiresAt };
}

export function passwordChangedMail(account: Addressee, context: AccountsContext): Mail {
  return mail(account, context, {
    en: [
      "Your Stoa password was changed",
      `Hello ${account.full_name},`,
      `The password of your account "${account.username}" has just been changed. If it was not you, tell your administrator at once.`,
    ],
    fa: [
      "رمز عبور شما در استوا تغییر کرد",
      `${account.full_name} عزیز، سلام.`,
      `رمز عبور حساب «${account.username}» همین حالا تغییر کرد. اگر شما نبوده‌اید، فوراً به مدیر سیستم خبر دهید.`,
    ],
  });
}

/** To the old address. */
export function emailChangedMail(account: Addressee, email: string, context: AccountsContext): Mail {
  return mail(account, context, {
    en: [
      "Your e-mail address in Stoa was changed",
      `Hello ${account.full_name},`,
      `The address of your account "${account.username}" is now ${email}. If you did not change it, tell your administrator at once.`,
    ],
    fa: [
      "نشانی ایمیل شما در استوا تغییر کرد",
      `${account.full_name} عزیز، سلام.`,
      `نشانی حساب «${account.username}» اکنون ${email} است. اگر شما آن را تغییر نداده‌اید، فوراً به مدیر سیستم خبر دهید.`,
    ],
  });
}
