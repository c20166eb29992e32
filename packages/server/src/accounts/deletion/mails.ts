import type { Mail } from "../../platform/mail/contract.ts";
import type { AccountsContext } from "../context.ts";
import { type Addressee, mail } from "../mails.ts";

/** @param byAdmin then only an administrator can cancel it */
export function deletionAskedMail(
  account: Addressee,
  due: Date,
  { byAdmin }: { readonly byAdmin: boolean },
  context: AccountsContext,
): Mail {
  const english = due.toLocaleString("en-GB", { timeZone: "UTC" });
  const persian = due.toLocaleString("fa-IR", { timeZone: "UTC" });
  return mail(account, context, {
    en: [
      "Your Stoa account is going to be deleted",
      `Hello ${account.full_name},`,
      `Your account "${account.username}" will be deleted, with all its workspaces and files, on ${english} UTC. Until then you can sign in to download what you want to keep.`,
      byAdmin
        ? "An administrator asked for this. If you think it is a mistake, tell them before that time."
        : "If you change your mind, or if it was not you who asked for this, sign in before that time and cancel it on your account page.",
    ],
    fa: [
      "حساب شما در استوا حذف خواهد شد",
      `${account.full_name} عزیز، سلام.`,
      `حساب «${account.username}» با همهٔ فضاهای کار و فایل‌هایش در ${persian} به وقت جهانی حذف می‌شود. تا آن زمان می‌توانید وارد شوید و آنچه را می‌خواهید نگه دارید دریافت کنید.`,
      byAdmin
        ? "این حذف را مدیر سیستم خواسته است. اگر فکر می‌کنید اشتباهی رخ داده، پیش از آن زمان به او خبر دهید."
        : "اگر نظرتان عوض شد، یا اگر شما این درخواست را نداده‌اید، پیش از آن زمان وارد شوید و آن را در صفحهٔ حساب لغو کنید.",
    ],
  });
}

export function deletionCancelledMail(account: Addressee, context: AccountsContext): Mail {
  return mail(account, context, {
    en: [
      "Your Stoa account will not be deleted",
      `Hello ${account.full_name},`,
      `The deletion of your account "${account.username}" was cancelled. Everything is as it was.`,
    ],
    fa: [
      "حساب شما در استوا حذف نمی‌شود",
      `${account.full_name} عزیز، سلام.`,
      `حذف حساب «${account.username}» لغو شد. همه چیز سر جای خود است.`,
    ],
  });
}

/** The last one, to the address that is forgotten with it. */
export function deletedMail(account: Addressee, retentionDays: number, context: AccountsContext): Mail {
  const texts = {
    en: [
      "Your Stoa account was deleted",
      `Hello ${account.full_name},`,
      `Your account "${account.username}" is deleted. Its workspaces are in the trash and will be erased after ${retentionDays} days. Nobody else will get its user name.`,
    ],
    fa: [
      "حساب شما در استوا حذف شد",
      `${account.full_name} عزیز، سلام.`,
      `حساب «${account.username}» حذف شد. فضاهای کار آن در زباله‌دان است و پس از ${retentionDays.toLocaleString("fa")} روز پاک می‌شود. نام کاربری آن به کس دیگری داده نخواهد شد.`,
    ],
  };
  return { ...mail(account, context, texts), forget: true };
}
