import type { Mail } from "../platform/mail/contract.ts";
import type { NoticesContext, Receiver } from "./context.ts";
import { linkOf } from "./links.ts";
import type { NoticeRow } from "./tables.ts";
import { type Locale, moreOf, reasonOf, sentenceOf } from "./words.ts";

/** Lines in one mail; the portal has the others. */
const MOST_LINES = 20;

type Told = Pick<NoticeRow, "account_id" | "kind" | "said" | "subject_kind" | "subject_id">;

/** One mail for all that somebody is to be told now, in their language, else in the configured one. */
export function noticeMail(
  { platform }: Pick<NoticesContext, "platform">,
  receiver: Receiver,
  notices: readonly [Told, ...Told[]],
): Mail {
  const locale = receiver.locale ?? platform.config.defaultLocale;
  const portal = `${platform.addresses.portalOrigin()}/portal`;
  const [first, ...others] = notices;
  const { subject, paragraphs } = others.length === 0 ? alone(first, portal, locale) : several(notices, portal, locale);
  const text = [greeting(receiver, locale), ...paragraphs, choice(portal, locale)].join("\n\n");
  return { to: receiver.email, subject, text, locale, accountId: first.account_id };
}

function alone(notice: Told, portal: string, locale: Locale) {
  const subject = sentenceOf(notice, locale);
  const paragraphs = [`${subject}.`, reasonOf(notice, locale), moreOf(notice.kind, locale), portal + linkOf(notice)];
  return { subject, paragraphs: paragraphs.filter((text) => text !== null) };
}

function several(notices: readonly Told[], portal: string, locale: Locale) {
  const shown = notices.slice(0, MOST_LINES);
  const left = notices.length - shown.length;
  const lines = shown.map((notice) => `• ${sentenceOf(notice, locale)}\n  ${portal}${linkOf(notice)}`);
  const count = notices.length.toLocaleString(locale === "fa" ? "fa-IR" : "en-GB");
  const rest = left.toLocaleString(locale === "fa" ? "fa-IR" : "en-GB");
  const more = locale === "fa" ? `و ${rest} خبر دیگر.` : `And ${rest} more.`;
  return {
    subject: locale === "fa" ? `${count} خبر از استوا` : `${count} notices from Stoa`,
    paragraphs: [lines.join("\n"), ...(left > 0 ? [more] : []), `${portal}/notices`],
  };
}

function greeting({ fullName }: Receiver, locale: Locale): string {
  return locale === "fa" ? `${fullName} عزیز، سلام.` : `Hello ${fullName},`;
}

function choice(portal: string, locale: Locale): string {
  return locale === "fa"
    ? `اینکه کدام خبرها با ایمیل بیاید با شماست: ${portal}/notices/choose`
    : `Which notices come by mail is yours to choose: ${portal}/notices/choose`;
}
