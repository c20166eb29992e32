import type { ErrorDetails } from "../../platform/errors/stoa-error.ts";
import { LocalizedRefusal, type TextOfRefusal } from "../localized-refusal.ts";

const texts = {
  no_such_service: { code: "not_found", en: "There is no such service account", fa: "چنین حساب سرویسی وجود ندارد" },
  no_such_client_token: {
    code: "not_found",
    en: "This service has no such client token",
    fa: "این سرویس چنین توکن کلاینتی ندارد",
  },
  no_such_linked_person: {
    code: "not_found",
    en: "There is nobody of this id whom this service may stand for",
    fa: "شخصی با این شناسه به این سرویس پیوند ندارد",
  },
  not_an_admin: {
    code: "forbidden",
    en: "Only administrators look after service accounts",
    fa: "فقط مدیران به حساب‌های سرویس رسیدگی می‌کنند",
  },
  name_taken: {
    code: "conflict",
    en: "This name is taken, by a person or another service",
    fa: "این نام را شخص یا سرویس دیگری دارد",
  },
  description_rule: {
    code: "unprocessable",
    en: "A service needs a description of 1 to 200 characters, none of them invisible",
    fa: "سرویس به توضیحی بین 1 تا 200 نویسه نیاز دارد که نویسهٔ ناپیدا نداشته باشد",
  },
  label_rule: {
    code: "unprocessable",
    en: "A client token needs a label of 1 to 100 characters",
    fa: "توکن کلاینت به برچسبی بین 1 تا 100 کاراکتر نیاز دارد",
  },
  expiry_rule: {
    code: "unprocessable",
    en: "A client token is good for 1 to {most} days",
    fa: "توکن کلاینت بین 1 تا {most} روز اعتبار دارد",
  },
  deactivated_service: {
    code: "conflict",
    en: "This service account is deactivated. Activate it first",
    fa: "این حساب سرویس غیرفعال است. ابتدا آن را فعال کنید",
  },
  too_many_client_tokens: {
    code: "conflict",
    en: "This service has {count} live client tokens, the most allowed. Revoke one first",
    fa: "این سرویس {count} توکن کلاینت فعال دارد که بیشترین حد مجاز است. ابتدا یکی را باطل کنید",
  },
  not_to_be_linked: {
    code: "conflict",
    en: "A service stands for ordinary active people only, and each of them for one service",
    fa: "سرویس فقط به جای اشخاص عادی و فعال کار می‌کند و هر شخص به یک سرویس پیوند دارد",
  },
  external_name_rule: {
    code: "unprocessable",
    en: "The name by which a service calls somebody has 1 to 150 characters, none of them invisible",
    fa: "نامی که سرویس برای شخص به کار می‌برد باید 1 تا 150 نویسه باشد و نویسهٔ ناپیدا نداشته باشد",
  },
  external_name_taken: {
    code: "conflict",
    en: "This service calls somebody else by that name already",
    fa: "این سرویس شخص دیگری را به این نام می‌شناسد",
  },
} as const satisfies Record<string, TextOfRefusal>;

export function serviceRefusal(reason: keyof typeof texts, details: ErrorDetails = {}): LocalizedRefusal {
  return new LocalizedRefusal(reason, texts[reason], details);
}
