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
  no_such_group: { code: "not_found", en: "There is no such group", fa: "چنین گروهی وجود ندارد" },
} as const satisfies Record<string, TextOfRefusal>;

/** Why a change of many people is refused as a whole. */
export function bulkRefusal(reason: keyof typeof texts, details: ErrorDetails = {}): LocalizedRefusal {
  return new LocalizedRefusal(reason, texts[reason], details);
}
