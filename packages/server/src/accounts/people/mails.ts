import type { Mail } from "../../platform/mail/contract.ts";
import type { AccountsContext } from "../context.ts";
import { type Addressee, mail } from "../mails.ts";
import type { OneTimeLink } from "../one-time-links.ts";

/** To somebody for whom an administrator has made an account. @param link holds the one-time secret */
export function welcomeMail(account: Addressee, { url, expiresAt }: OneTimeLink, context: AccountsContext): Mail {
  const texts = {
    en: [
      "Your account at Stoa",
      `Hello ${account.full_name},`,
      `An administrator has made an account for you at ${context.platform.addresses.portalOrigin()}. Your user name is "${account.username}".`,
      "Open this link within seven days to choose your password; it works once:",
      url,
      "If the link is over when you open it, ask your administrator for another.",
    ],
    fa: [
      "حساب شما در استوا",
      `${account.full_name} عزیز، سلام.`,
      `مدیر سیستم برای شما در ${context.platform.addresses.portalOrigin()} حسابی ساخته است. نام کاربری شما «${account.username}» است.`,
      "برای انتخاب رمز عبور، این پیوند را تا هفت روز دیگر باز کنید؛ فقط یک بار کار می‌کند:",
      url,
      "اگر هنگام بازکردن، مهلت پیوند گذشته بود، از مدیر سیستم پیوند تازه‌ای بخواهید.",
    ],
  };
  return { ...mail(account, context, texts), expiresAt };
}
