import type { ErrorCode } from "../platform/errors/catalogue.ts";
import { type ErrorDetails, StoaError } from "../platform/errors/stoa-error.ts";

interface Text {
  readonly code: ErrorCode;
  readonly en: string;
  readonly fa: string;
}

const setting = "STOA_WEBHOOK_PRIVATE_TARGETS";

/** Why a call about webhooks is refused; `{names}` are filled from the details. */
const texts = {
  url_invalid: {
    code: "unprocessable",
    en: "This is not a web address",
    fa: "این نشانی وب نیست",
  },
  url_scheme: {
    code: "unprocessable",
    en: "The address has to begin with https://",
    fa: "نشانی باید با ‎https://‎ آغاز شود",
  },
  url_plain: {
    code: "unprocessable",
    en: `The address has to begin with https://. Plain http:// is only for targets that an administrator has named in ${setting}`,
    fa: `نشانی باید با ‎https://‎ آغاز شود. ‎http://‎ تنها برای مقصدهایی است که مدیر سامانه در ${setting} نام برده است`,
  },
  url_credentials: {
    code: "unprocessable",
    en: "The address holds a user name or a password. Leave them out: the signature shows who sends",
    fa: "در نشانی نام کاربری یا رمز آمده است. آن را بردارید: امضا نشان می‌دهد فرستنده کیست",
  },
  url_fragment: {
    code: "unprocessable",
    en: "The address ends with a # part, which is never sent. Leave it out",
    fa: "نشانی بخشی پس از # دارد که هرگز فرستاده نمی‌شود. آن را بردارید",
  },
  url_private: {
    code: "unprocessable",
    en: `This address is not on the Internet. An administrator can allow it in ${setting}`,
    fa: `این نشانی در اینترنت نیست. مدیر سامانه می‌تواند آن را در ${setting} مجاز کند`,
  },
  url_port: {
    code: "unprocessable",
    en: "At this port something else than a web server listens",
    fa: "پشت این درگاه چیزی جز سرور وب است",
  },
  url_database: {
    code: "unprocessable",
    en: "This is Stoa's own database",
    fa: "این پایگاه دادهٔ خود استوآست",
  },
  too_many: {
    code: "conflict",
    en: "You have {count} webhooks, which is as many as one person may have. Delete one first",
    fa: "شما {count} وب‌هوک دارید و بیش از این برای یک نفر ممکن نیست. نخست یکی را حذف کنید",
  },
  admins_only: {
    code: "forbidden",
    en: "Only administrators have webhooks here (STOA_WEBHOOKS_PER_PERSON)",
    fa: "در این سامانه تنها مدیران وب‌هوک دارند (STOA_WEBHOOKS_PER_PERSON)",
  },
  everybody_is_for_admins: {
    code: "forbidden",
    en: "Only administrators can be told of everybody's events",
    fa: "تنها مدیران می‌توانند از رویدادهای همه باخبر شوند",
  },
  not_sent_to: {
    code: "conflict",
    en: "This webhook is paused or switched off. Switch it on first",
    fa: "این وب‌هوک متوقف یا خاموش است. نخست آن را روشن کنید",
  },
  ping_waits: {
    code: "conflict",
    en: "A test is already on its way to this webhook",
    fa: "یک آزمایش هم‌اکنون در راه این وب‌هوک است",
  },
  old_secret_signs: {
    code: "conflict",
    en: "A replaced secret still signs beside the present one, until {until}. Another new one would end it at once, and a receiver that still has it would refuse everything. Send force: true to do it all the same",
    fa: "رمز پیشین هنوز تا {until} کنار رمز کنونی امضا می‌کند. با رمز تازهٔ دیگر، آن رمز همین حالا از کار می‌افتد و گیرنده‌ای که هنوز آن را دارد همه چیز را رد می‌کند. اگر باز هم می‌خواهید، force: true بفرستید",
  },
  still_waits: {
    code: "conflict",
    en: "This delivery is still on its way",
    fa: "این تحویل هنوز در راه است",
  },
} as const satisfies Readonly<Record<string, Text>>;

export type WebhookRefusalReason = keyof typeof texts;

/** A refusal that people read in their language, and programs by its `reason`. */
export class WebhookRefusal extends StoaError {
  readonly #reason: WebhookRefusalReason;

  constructor(reason: WebhookRefusalReason, details: Readonly<Record<string, string | number>> = {}) {
    super(texts[reason].code, withText(reason, "en", { ...details, reason }));
    this.#reason = reason;
  }

  inLocale(locale: "en" | "fa"): StoaError {
    return new StoaError(this.code, withText(this.#reason, locale, this.details));
  }
}

function withText(reason: WebhookRefusalReason, locale: "en" | "fa", details: ErrorDetails) {
  const message = texts[reason][locale].replace(/\{(\w+)\}/g, (whole, name: string) => String(details[name] ?? whole));
  return { message: `${message}.`, details };
}
