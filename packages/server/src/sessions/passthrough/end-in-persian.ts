import { inPersianDigits } from "../persian-digits.ts";
import { type SentenceCode, tell } from "../sentences.ts";

/** Why sessions usually end. What is not here is told in English: better than nothing. */
const ends: Partial<Record<SentenceCode, string>> = {
  stopped: "متوقف شد.",
  stopped_by: "{actor} متوقفش کرد.",
  stopping: "{actor} متوقفش کرد. پردازه‌هایش دارند بسته می‌شوند.",
  stopped_idle: "چون {minutes} دقیقه بی‌استفاده بود، متوقف شد.",
  owner_deactivated: "متوقف شد، چون حساب کاربری غیرفعال شده است.",
  ended: "پایان یافت.",
  ended_with_status: "برنامه‌اش با کد {status} پایان یافت.",
  ended_by_signal: "نشانک {signal} برنامه‌اش را پایان داد.",
  time_limit_seconds: "زمانش به سر رسید: سقف آن {seconds} ثانیه بود.",
  time_limit_minutes: "زمانش به سر رسید: سقف آن {minutes} دقیقه بود.",
  over_memory: "{used} مگابایت حافظه گرفت؛ سقف آن {allowed} مگابایت است.",
  over_processes: "{used} پردازه و ریسه داشت؛ سقف آن {allowed} است.",
  machine_restarted: "در میانهٔ اجرا، دستگاه از نو راه افتاد.",
};

/** A session's end as its row tells it, in Persian where its sentence is one of these. */
export function endInPersian(text: string): string {
  const { code, params } = tell(text);
  const template = code === null ? undefined : ends[code];
  if (template === undefined) return text;
  return template.replace(/\{(\w+)\}/g, (_, hole: string) => inPersianDigits(params?.[hole] ?? ""));
}
