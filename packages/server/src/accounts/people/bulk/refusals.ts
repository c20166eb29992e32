import type { ErrorDetails } from "../../../platform/errors/stoa-error.ts";
import { LocalizedRefusal, type TextOfRefusal } from "../../localized-refusal.ts";

const texts = {
  nobody_chosen: { code: "unprocessable", en: "There is nobody to change", fa: "کسی برای تغییر انتخاب نشده است" },
  too_many_people: {
    code: "unprocessable",
    en: "At most {most} people at a time. Narrow the list first",
    fa: "هر بار حداکثر {most} نفر. ابتدا فهرست را محدودتر کنید",
  },
  no_such_change: { code: "not_found", en: "There is no such change of people", fa: "چنین تغییری پیدا نشد" },
  not_undoable: {
    code: "conflict",
    en: "This change can't be undone all at once",
    fa: "این تغییر را نمی‌توان یکجا برگرداند",
  },
  has_not_ended: {
    code: "conflict",
    en: "This change goes on. Wait until it has ended, or cancel it",
    fa: "این تغییر هنوز در حال انجام است. تا پایان آن صبر کنید یا آن را لغو کنید",
  },
  changed_since: {
    code: "conflict",
    en: "Somebody has changed it since: it is left as it is",
    fa: "پس از آن کسی دوباره آن را تغییر داده است؛ همان‌طور که هست می‌ماند",
  },
  not_admin_any_more: {
    code: "forbidden",
    en: "Whoever asked for it is no administrator any more",
    fa: "کسی که این را خواسته دیگر مدیر سیستم نیست",
  },
  other_count: {
    code: "conflict",
    en: "There are {count} people now, not {expected}. Look at the list again",
    fa: "اکنون {count} نفر هستند، نه {expected} نفر. فهرست را دوباره ببینید",
  },
  no_such_group: { code: "not_found", en: "There is no such group", fa: "چنین گروهی وجود ندارد" },
} as const satisfies Record<string, TextOfRefusal>;

/** Why a change of many people is refused as a whole. */
export function bulkRefusal(reason: keyof typeof texts, details: ErrorDetails = {}): LocalizedRefusal {
  return new LocalizedRefusal(reason, texts[reason], details);
}
