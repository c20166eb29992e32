import type { Mail } from "../../platform/mail/contract.ts";
import type { AccountsContext } from "../context.ts";
import { type Addressee, mail } from "../mails.ts";

export function secondFactorOnMail(account: Addressee, context: AccountsContext): Mail {
  return mail(account, context, {
    en: [
      "Your Stoa account now has a second factor",
      `Hello ${account.full_name},`,
      `From now on signing in to your account "${account.username}" asks for a code as well. Keep the recovery codes where you find them without your phone. If it was not you who set it up, tell your administrator at once.`,
    ],
    fa: [
      "ورود دومرحله‌ای حساب شما در استوا فعال شد",
      `${account.full_name} عزیز، سلام.`,
      `از این پس برای ورود به حساب «${account.username}» علاوه بر رمز عبور، کد هم لازم است. کدهای بازیابی را جایی نگه دارید که بدون گوشی هم به آن‌ها دسترسی داشته باشید. اگر شما این کار را نکرده‌اید، فوراً به مدیر سیستم خبر دهید.`,
    ],
  });
}

export function secondFactorOffMail(account: Addressee, context: AccountsContext): Mail {
  return mail(account, context, {
    en: [
      "The second factor of your Stoa account was disabled",
      `Hello ${account.full_name},`,
      `Signing in to your account "${account.username}" asks for the password only now. If it was not you who disabled the second factor, tell your administrator at once.`,
    ],
    fa: [
      "ورود دومرحله‌ای حساب شما در استوا غیرفعال شد",
      `${account.full_name} عزیز، سلام.`,
      `از این پس برای ورود به حساب «${account.username}» فقط رمز عبور لازم است. اگر شما این کار را نکرده‌اید، فوراً به مدیر سیستم خبر دهید.`,
    ],
  });
}

export function secondFactorResetMail(account: Addressee, context: AccountsContext): Mail {
  return mail(account, context, {
    en: [
      "An administrator took the second factor off your Stoa account",
      `Hello ${account.full_name},`,
      `An administrator has removed the second factor of your account "${account.username}" and ended all its sign-ins. Sign in and set up a new one. If you did not ask for this, tell your administrator at once, and change your password.`,
    ],
    fa: [
      "مدیر سیستم ورود دومرحله‌ای حساب شما در استوا را برداشت",
      `${account.full_name} عزیز، سلام.`,
      `مدیر سیستم ورود دومرحله‌ای حساب «${account.username}» را برداشت و همهٔ ورودهای باز آن را بست. وارد شوید و آن را از نو فعال کنید. اگر شما این را نخواسته‌اید، فوراً به مدیر سیستم خبر دهید و رمز عبورتان را عوض کنید.`,
    ],
  });
}

/** @param left recovery codes that can still be used */
export function recoveryCodeUsedMail(account: Addressee, left: number, context: AccountsContext): Mail {
  return mail(account, context, {
    en: [
      "A recovery code of your Stoa account was used",
      `Hello ${account.full_name},`,
      `Somebody has just signed in to your account "${account.username}" with the password and a recovery code. Codes left: ${left}. If it was not you, tell your administrator at once.`,
    ],
    fa: [
      "یکی از کدهای بازیابی حساب شما در استوا استفاده شد",
      `${account.full_name} عزیز، سلام.`,
      `همین حالا با رمز عبور و یک کد بازیابی وارد حساب «${account.username}» شده‌اند. کدهای باقی‌مانده: ${left.toLocaleString("fa")}. اگر شما نبوده‌اید، فوراً به مدیر سیستم خبر دهید.`,
    ],
  });
}
