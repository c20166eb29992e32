import type { Account } from "../../accounts/accounts.ts";
import type { Mail } from "../../platform/mail/contract.ts";
import type { WorkspacesTrx } from "../tables.ts";
import type { SharingContext } from "./context.ts";
import type { CopyPlan } from "./copy-steps.ts";

type Texts = Record<"en" | "fa", readonly string[]>;

/** To the receiver, once the copy is whole. */
export async function mailShare(context: SharingContext, trx: WorkspacesTrx, share: CopyPlan): Promise<void> {
  const people = await context.accounts.byIds([share.sender_id, share.receiver_id]);
  const sender = people.get(share.sender_id);
  const receiver = people.get(share.receiver_id);
  if (!sender || !receiver) return;
  const from = quoted(`${sender.fullName} (${sender.username})`);
  const name = quoted(share.name);
  const url = `${context.addresses.portalOrigin()}/portal/workspaces`;
  await context.mail.send(
    trx,
    mailTo(context, receiver, {
      en: [
        `${from} shared "${name}" with you`,
        `Hello ${receiver.fullName},`,
        `${from} has given you a copy of the workspace "${name}". Its files are ready. Accept it or decline it here:`,
        url,
        "Until you accept it, it is not among your workspaces. What you change in your copy is yours alone.",
      ],
      fa: [
        `${from} فضای کار «${name}» را با شما به اشتراک گذاشت`,
        `${receiver.fullName} عزیز، سلام.`,
        `${from} نسخه‌ای از فضای کار «${name}» را به شما داده است. فایل‌های آن آماده است. اینجا آن را بپذیرید یا رد کنید:`,
        url,
        "تا وقتی آن را نپذیرفته‌اید، در میان فضاهای کار شما دیده نمی‌شود. هر تغییری در نسخهٔ خودتان بدهید فقط از آنِ شماست.",
      ],
    }),
  );
}

/** To the sender, who believes it is on its way. */
export async function mailFailure(
  context: SharingContext,
  trx: WorkspacesTrx,
  share: CopyPlan,
  failure: string,
): Promise<void> {
  const people = await context.accounts.byIds([share.sender_id, share.receiver_id]);
  const sender = people.get(share.sender_id);
  const receiver = people.get(share.receiver_id);
  if (!sender?.active || !receiver) return;
  const to = quoted(receiver.fullName);
  const name = quoted(share.name);
  await context.mail.send(
    trx,
    mailTo(context, sender, {
      en: [
        `"${name}" could not be shared with ${to}`,
        `Hello ${sender.fullName},`,
        `The files of the workspace "${name}" could not be copied for ${to}: ${failure}`,
        `${to} has not been told of it. You can try again, or cancel the share:`,
        `${context.addresses.portalOrigin()}/portal/workspaces`,
      ],
      fa: [
        `اشتراک‌گذاری «${name}» با ${to} انجام نشد`,
        `${sender.fullName} عزیز، سلام.`,
        `فایل‌های فضای کار «${name}» برای ${to} رونوشت نشد. علت: ${failure}`,
        `به ${to} خبری داده نشده است. می‌توانید دوباره تلاش کنید یا اشتراک را لغو کنید:`,
        `${context.addresses.portalOrigin()}/portal/workspaces`,
      ],
    }),
  );
}

/** In the person's own language, else in the configured one. */
function mailTo(context: SharingContext, person: Account, texts: Texts): Mail {
  const locale = person.locale ?? context.config.defaultLocale;
  const [subject = "", ...paragraphs] = texts[locale];
  return { to: person.email, subject, text: paragraphs.join("\n\n"), locale, accountId: person.id };
}

/** A text of somebody else's in ours: on one line, and of one direction whatever stands in it. */
function quoted(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();
  return `\u2068${line}\u2069`;
}
