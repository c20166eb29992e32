import type { ErrorDetails } from "../../../platform/errors/stoa-error.ts";
import { LocalizedRefusal, type TextOfRefusal } from "../../localized-refusal.ts";

const texts = {
  malformed: {
    code: "unprocessable",
    en: "This is not written as CSV: up to line {line} a quotation mark is missing or too many",
    fa: "این به شکل CSV نوشته نشده است: تا سطر {line} علامت نقل قولی کم یا زیاد است",
  },
  record_too_long: {
    code: "unprocessable",
    en: "What belongs to one person up to line {line} is longer than {most} bytes. Perhaps a quotation mark is missing before",
    fa: "آنچه تا سطر {line} از آن یک نفر است از {most} بایت بیشتر است. شاید پیش از آن علامت نقل قولی کم است",
  },
  no_people: {
    code: "unprocessable",
    en: "There is nobody in this file below the names of the columns",
    fa: "در این فایل زیر نام ستون‌ها کسی نیست",
  },
  too_many_lines: {
    code: "unprocessable",
    en: "At most {most} people at a time. Divide the file",
    fa: "هر بار حداکثر {most} نفر. فایل را تقسیم کنید",
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
    en: "A language is English (en) or Persian (fa); empty leaves it to the person",
    fa: "زبان فارسی (fa) است یا انگلیسی (en)؛ خالی یعنی خود فرد انتخاب کند",
  },
  group_unknown: {
    code: "unprocessable",
    en: "There is no group of this name that people can be in. Make it under Groups first, or take it out of the line",
    fa: "گروهی با این نام که افراد بتوانند عضوش باشند نیست. نخست آن را در بخش گروه‌ها بسازید یا از این سطر بردارید",
  },
  too_many_groups: {
    code: "unprocessable",
    en: "At most {most} groups a person",
    fa: "هر نفر حداکثر در {most} گروه",
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
  exists_pending: {
    code: "conflict",
    en: "This person's registration waits. Activate it on their page, or take the line out",
    fa: "ثبت‌نام این فرد در انتظار تأیید است. آن را در صفحهٔ خودش فعال کنید یا این سطر را بردارید",
  },
  exists_deactivated: {
    code: "conflict",
    en: "This person's account is deactivated. Activate it on their page, or take the line out",
    fa: "حساب این فرد غیرفعال است. آن را در صفحهٔ خودش فعال کنید یا این سطر را بردارید",
  },
  exists_leaving: {
    code: "conflict",
    en: "This person's account is about to be deleted. Cancel that on their page, or take the line out",
    fa: "حساب این فرد در انتظار حذف است. حذف را در صفحهٔ خودش لغو کنید یا این سطر را بردارید",
  },
  exists_unproven: {
    code: "conflict",
    en: "There is an account of this name, but nobody has proven its address. Vouch for the address on their page, or take the line out",
    fa: "حسابی با این نام هست، ولی ایمیل آن تأیید نشده است. ایمیل را در صفحهٔ خودش تأیید کنید یا این سطر را بردارید",
  },
  wrong_lines: {
    code: "unprocessable",
    en: "{count} things are wrong with this file. Have it checked first; nobody was added",
    fa: "{count} ایراد در این فایل هست. ابتدا آن را بررسی کنید؛ کسی اضافه نشد",
  },
  nobody_new: {
    code: "unprocessable",
    en: "Everybody in this file has an account already",
    fa: "همهٔ افراد این فایل پیش‌تر حساب دارند",
  },
  forgotten: {
    code: "conflict",
    en: "It ended before, and what the file said is forgotten. Choose the file again",
    fa: "این کار پیش‌تر پایان یافته و محتوای فایل پاک شده است. فایل را دوباره برگزینید",
  },
  no_such_import: { code: "not_found", en: "There is no such import of people", fa: "این افزودن از فایل پیدا نشد" },
} as const satisfies Record<string, TextOfRefusal>;

/** What is wrong with a file of people, or with one line of it. */
export function csvRefusal(reason: keyof typeof texts, details: ErrorDetails = {}): LocalizedRefusal {
  return new LocalizedRefusal(reason, texts[reason], details);
}
