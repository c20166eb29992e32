import type { Mail } from "../../platform/mail/contract.ts";
import type { AccountsContext } from "../context.ts";
import { type Addressee, mail } from "../mails.ts";

export interface ExpiringToken {
  readonly key_id: string;
  readonly label: string;
  readonly expiry_at: Date;
}

/** One mail about all of a person's tokens that are about to expire. */
export function expiryMail(account: Addressee, tokens: readonly ExpiringToken[], context: AccountsContext): Mail {
  const page = `${context.platform.addresses.portalOrigin()}/portal/account`;
  const list = (locale: "en" | "fa") => tokens.map((token) => lineOf(token, locale)).join("\n");
  return mail(account, context, {
    en: [
      tokens.length === 1
        ? `Your Stoa token "${tokens[0]?.label}" expires soon`
        : "Tokens of yours in Stoa expire soon",
      `Hello ${account.full_name},`,
      `Programs that use these personal access tokens of your account "${account.username}" will stop working:`,
      list("en"),
      "Renew those you need on your account page, and let the others expire:",
      page,
    ],
    fa: [
      tokens.length === 1
        ? `توکن «${tokens[0]?.label}» شما در استوا به‌زودی منقضی می‌شود`
        : "توکن‌هایی از شما در استوا به‌زودی منقضی می‌شوند",
      `${account.full_name} عزیز، سلام.`,
      `برنامه‌هایی که از این توکن‌های دسترسی شخصی حساب «${account.username}» استفاده می‌کنند از کار خواهند افتاد:`,
      list("fa"),
      "آن‌هایی را که لازم دارید در صفحهٔ حساب خود تمدید کنید و بقیه را به حال خود بگذارید:",
      page,
    ],
  });
}

function lineOf({ key_id, label, expiry_at }: ExpiringToken, locale: "en" | "fa"): string {
  const at = expiry_at.toLocaleString(locale === "fa" ? "fa-IR" : "en-GB", { timeZone: "UTC" });
  return locale === "fa" ? `«${label}» (${key_id}): تا ${at} به وقت جهانی` : `"${label}" (${key_id}): until ${at} UTC`;
}
