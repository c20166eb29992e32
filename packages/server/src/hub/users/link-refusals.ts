import type { ErrorCode } from "../../platform/errors/catalogue.ts";
import { type ErrorDetails, StoaError } from "../../platform/errors/stoa-error.ts";

interface Text {
  readonly code: ErrorCode;
  readonly en: string;
  readonly fa: string;
}

/** Why an administrator's call about the hub is refused; `{names}` are filled from the details. */
const texts = {
  no_such_person: {
    code: "not_found",
    en: "There is no such person here",
    fa: "چنین کاربری اینجا نیست",
  },
  no_such_hub_user: {
    code: "not_found",
    en: "JupyterHub has no user {name}",
    fa: "کاربری به نام {name} در JupyterHub نیست",
  },
  linked_to_another: {
    code: "conflict",
    en: "The hub user {name} is {person}'s. Take that link off first",
    fa: "کاربر {name} در JupyterHub از آنِ {person} است. نخست آن پیوند را بردارید",
  },
  being_made_for: {
    code: "conflict",
    en: "The hub user {name} is just being made for {person}. Look again in a minute",
    fa: "کاربر {name} هم‌اکنون در JupyterHub برای {person} ساخته می‌شود. یک دقیقهٔ دیگر دوباره نگاه کنید",
  },
  hub_admin: {
    code: "conflict",
    en: "{name} is an administrator of JupyterHub. Whoever is linked to it gets into its servers: say that you mean it",
    fa: "{name} مدیر JupyterHub است. هر که به آن پیوند بخورد به سرورهایش راه می‌یابد: تأیید کنید که همین را می‌خواهید",
  },
  changed_meanwhile: {
    code: "conflict",
    en: "Somebody has changed this meanwhile. Look at it again",
    fa: "در این میان کسی این را تغییر داده است. دوباره نگاه کنید",
  },
  not_linked: {
    code: "conflict",
    en: "This person is linked to no hub user",
    fa: "این کاربر به هیچ کاربری در JupyterHub پیوند ندارد",
  },
  launch_goes_on: {
    code: "conflict",
    en: "This person is just starting a server. Cancel that first, or wait until it is over",
    fa: "این کاربر هم‌اکنون سروری را راه می‌اندازد. نخست آن را لغو کنید یا تا پایانش صبر کنید",
  },
  nobody_matches: {
    code: "conflict",
    en: "There is nobody to link",
    fa: "کسی برای پیوند دادن نیست",
  },
  other_count: {
    code: "conflict",
    en: "They are {count} now, not {expected}. Look at them again",
    fa: "اکنون {count} نفرند، نه {expected} نفر. دوباره نگاه کنید",
  },
  not_admin_any_more: {
    code: "forbidden",
    en: "Whoever asked for this is no administrator any more",
    fa: "کسی که این را خواسته بود دیگر مدیر سامانه نیست",
  },
  no_such_server: {
    code: "not_found",
    en: "There is no such server running",
    fa: "چنین سروری در حال اجرا نیست",
  },
  nobodys_server: {
    code: "conflict",
    en: "This server's hub user is nobody's here. Link it first",
    fa: "کاربر این سرور در JupyterHub از آنِ هیچ‌کس اینجا نیست. نخست آن را پیوند دهید",
  },
  server_not_ready: {
    code: "conflict",
    en: "This server is not running. It can't be opened",
    fa: "این سرور در حال اجرا نیست و نمی‌توان آن را باز کرد",
  },
  acting_off: {
    code: "forbidden",
    en: "Nobody acts as somebody else here (STOA_ACT_AS_MINUTES is 0)",
    fa: "در این سامانه کار کردن به جای دیگران خاموش است (STOA_ACT_AS_MINUTES=0)",
  },
  server_of_admin: {
    code: "conflict",
    en: "This is another administrator's server: nobody acts as an administrator",
    fa: "این سرور مدیر دیگری است: به جای مدیران سیستم نمی‌توان کار کرد",
  },
  plain_reason: {
    code: "unprocessable",
    en: "Say why in 3 to 300 characters, on one line",
    fa: "دلیل را در ۳ تا ۳۰۰ نویسه و در یک خط بنویسید",
  },
} as const satisfies Readonly<Record<string, Text>>;

export type HubAdminRefusalReason = keyof typeof texts;

/** A refusal that people read in their language, and programs by its `reason`. */
export class HubAdminRefused extends StoaError {
  readonly reason: HubAdminRefusalReason;

  constructor(reason: HubAdminRefusalReason, details: ErrorDetails = {}) {
    super(texts[reason].code, { message: fill(reason, "en", details), details: { ...details, reason } });
    this.reason = reason;
  }

  inLocale(locale: "en" | "fa"): StoaError {
    return new StoaError(this.code, { message: fill(this.reason, locale, this.details), details: this.details });
  }
}

function fill(reason: HubAdminRefusalReason, locale: "en" | "fa", details: ErrorDetails): string {
  const text = texts[reason][locale].replace(/\{(\w+)\}/g, (whole, name: string) => String(details[name] ?? whole));
  return `${text}.`;
}
