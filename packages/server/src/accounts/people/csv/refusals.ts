import type { ErrorDetails } from "../../../platform/errors/stoa-error.ts";
import { LocalizedRefusal, type TextOfRefusal } from "../../localized-refusal.ts";

const texts = {
  malformed: {
    code: "unprocessable",
    en: "This is not written as CSV: a quotation mark is missing or too many",
    fa: "این به شکل CSV نوشته نشده است: علامت نقل قولی کم یا زیاد است",
  },
  no_people: {
    code: "unprocessable",
    en: "There is nobody in this file below the names of the columns",
    fa: "در این پرونده زیر نام ستون‌ها کسی نیست",
  },
  too_many_lines: {
    code: "unprocessable",
    en: "At most {most} people at a time. Divide the file",
    fa: "هر بار حداکثر {most} نفر. پرونده را تقسیم کنید",
  },
  column_unknown: {
    code: "unprocessable",
    en: "This column is not known. Known are: {known}",
    fa: "این ستون شناخته نیست. ستون‌های شناخته: {known}",
  },
  column_twice: { code: "unprocessable", en: "This column is there twice", fa: "این ستون دو بار آمده است" },
  column_missing: { code: "unprocessable", en: "This column is missing", fa: "این ستون نیست" },
  surplus_fields: {
    code: "unprocessable",
    en: "This line has more fields than there are columns",
    fa: "خانه‌های این سطر بیشتر از ستون‌هاست",
  },
  role_unknown: {
    code: "unprocessable",
    en: "The role is person, or empty",
    fa: "نقش person است یا خالی",
  },
  role_admin: {
    code: "unprocessable",
    en: "A file makes no administrators. Make them an administrator on their page afterwards",
    fa: "از فایل مدیر ساخته نمی‌شود. پس از افزودن، در صفحهٔ خودش او را مدیر کنید",
  },
  language_unknown: {
    code: "unprocessable",
    en: "A language is en or fa; empty leaves it to the person",
    fa: "زبان en یا fa است؛ خالی یعنی خود فرد انتخاب کند",
  },
  group_unknown: {
    code: "unprocessable",
    en: "There is no group of this name that people can be in",
    fa: "گروهی با این نام که افراد بتوانند عضوش باشند نیست",
  },
  username_twice: {
    code: "unprocessable",
    en: "Line {first} has the same user name",
    fa: "سطر {first} همین نام کاربری را دارد",
  },
  email_twice: {
    code: "unprocessable",
    en: "Line {first} has the same e-mail address",
    fa: "سطر {first} همین ایمیل را دارد",
  },
  exists: {
    code: "conflict",
    en: "This person has an account already",
    fa: "این فرد پیش‌تر حساب دارد",
  },
  wrong_lines: {
    code: "unprocessable",
    en: "{count} things are wrong with this file. Have it checked first; nobody was added",
    fa: "{count} ایراد در این پرونده هست. ابتدا آن را بررسی کنید؛ کسی اضافه نشد",
  },
  nobody_new: {
    code: "unprocessable",
    en: "Everybody in this file has an account already",
    fa: "همهٔ افراد این پرونده پیش‌تر حساب دارند",
  },
  no_such_import: { code: "not_found", en: "There is no such import of people", fa: "چنین افزودنی پیدا نشد" },
} as const satisfies Record<string, TextOfRefusal>;

/** What is wrong with a file of people, or with one line of it. */
export function csvRefusal(reason: keyof typeof texts, details: ErrorDetails = {}): LocalizedRefusal {
  return new LocalizedRefusal(reason, texts[reason], details);
}
