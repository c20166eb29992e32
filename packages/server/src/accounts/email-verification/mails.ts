import type { Mail } from "../../platform/mail/contract.ts";
import type { AccountsContext } from "../context.ts";
import { type Addressee, mail } from "../mails.ts";
import type { OneTimeLink } from "../one-time-links.ts";

/** To the address that is to be proven. @param link holds the one-time secret */
export function verifyMail(
  account: Addressee,
  email: string,
  { url, expiresAt }: OneTimeLink,
  context: AccountsContext,
): Mail {
  const texts = {
    en: [
      "Verify your e-mail address for Stoa",
      `Hello ${account.full_name},`,
      `The account "${account.username}" gives ${email} as its address. If it is yours, open this link within two days, signed in to that account:`,
      url,
      "If it is not yours, do nothing: the address will not be taken over.",
    ],
    fa: [
      "تأیید نشانی ایمیل در استوا",
      `${account.full_name} عزیز، سلام.`,
      `حساب «${account.username}» نشانی خود را ${email} اعلام کرده است. اگر این حساب شماست، تا دو روز دیگر با همان حساب وارد شوید و این پیوند را باز کنید:`,
      url,
      "اگر این حساب شما نیست، کاری نکنید: این نشانی برای آن ثبت نخواهد شد.",
    ],
  };
  return { ...mail(account, context, texts), to: email, expiresAt };
}
