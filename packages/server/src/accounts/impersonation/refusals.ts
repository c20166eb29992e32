import type { ErrorDetails } from "../../platform/errors/stoa-error.ts";
import { LocalizedRefusal, type TextOfRefusal } from "../localized-refusal.ts";

const texts = {
  acting_off: {
    code: "forbidden",
    en: "Nobody acts as somebody else here (STOA_ACT_AS_MINUTES is 0)",
    fa: "در این سامانه کار کردن به جای دیگران خاموش است (STOA_ACT_AS_MINUTES=0)",
  },
  acting_needs_browser: {
    code: "forbidden",
    en: "Acting as somebody begins in the portal, from a browser that is signed in",
    fa: "کار کردن به جای دیگران فقط از مرورگری که وارد پورتال شده است آغاز می‌شود",
  },
  acting_as_yourself: { code: "conflict", en: "This is you", fa: "این خود شما هستید" },
  acting_as_admin: {
    code: "conflict",
    en: "Nobody acts as an administrator",
    fa: "به جای مدیران سیستم نمی‌توان کار کرد",
  },
  acting_as_inactive: {
    code: "conflict",
    en: "This account is not active, or is about to be deleted: there is nothing to act as",
    fa: "این حساب فعال نیست یا در آستانهٔ حذف است؛ نمی‌توان به جای آن کار کرد",
  },
  acting_as_unready: {
    code: "conflict",
    en: "This person has to choose a password or set up a second factor first: until then there is nothing to see",
    fa: "این شخص باید ابتدا رمز عبور انتخاب کند یا ورود دومرحله‌ای را فعال کند؛ تا آن زمان چیزی برای دیدن نیست",
  },
  acting_too_long: {
    code: "unprocessable",
    en: "At most {minutes} minutes (STOA_ACT_AS_MINUTES)",
    fa: "حداکثر {minutes} دقیقه (STOA_ACT_AS_MINUTES)",
  },
  acting_reason: {
    code: "unprocessable",
    en: "Write why, in 3 to 300 characters: the person will read it",
    fa: "دلیل را در 3 تا 300 نویسه بنویسید: خود شخص آن را می‌خواند",
  },
  nothing_to_return_to: {
    code: "gone",
    en: "Your own sign-in has ended meanwhile. Sign in again",
    fa: "ورود خودتان در این میان پایان یافته است. دوباره وارد شوید",
  },
} as const satisfies Record<string, TextOfRefusal>;

/** Why somebody can't act as somebody, in the words of who asks. */
export function actingRefusal(reason: keyof typeof texts, details: ErrorDetails = {}): LocalizedRefusal {
  return new LocalizedRefusal(reason, texts[reason], details);
}
