import type { LaunchCause } from "./causes.ts";

type Words = Readonly<Record<"en" | "fa", string>>;

/** What a person is told; each says what now. */
const WORDS: Readonly<Record<LaunchCause, Words>> = {
  no_hub: {
    en: "JupyterHub is not set up here. An administrator can add it.",
    fa: "JupyterHub اینجا راه‌اندازی نشده است. مدیر سیستم می‌تواند آن را اضافه کند.",
  },
  hub_down: {
    en: "JupyterHub does not answer. Nothing was lost: try again in a minute.",
    fa: "JupyterHub پاسخ نمی‌دهد. چیزی از دست نرفته است؛ یک دقیقهٔ دیگر دوباره تلاش کنید.",
  },
  token_refused: {
    en: "JupyterHub does not let Stoa do this. An administrator has to look at its token and scopes.",
    fa: "JupyterHub به Stoa اجازهٔ این کار را نمی‌دهد. مدیر سیستم باید توکن و دسترسی‌های آن را بررسی کند.",
  },
  at_capacity: {
    en: "JupyterHub is full at the moment. Try again when others have stopped their servers.",
    fa: "JupyterHub اکنون پر است. وقتی دیگران سرورهایشان را بستند دوباره تلاش کنید.",
  },
  over_quota: {
    en: "Your storage is full, so your server was not started. Free some space, then start it again.",
    fa: "فضای ذخیره‌سازی شما پر است و سرور شما راه‌اندازی نشد. جا باز کنید و دوباره آن را راه‌اندازی کنید.",
  },
  spawn_failed: {
    en: "Your server could not be started. Try once more; if it fails again, tell an administrator.",
    fa: "سرور شما راه‌اندازی نشد. یک بار دیگر تلاش کنید؛ اگر باز نشد به مدیر سیستم خبر دهید.",
  },
  image_missing: {
    en: "The image that your server is made of can't be had. An administrator has to look at it.",
    fa: "ایمیجی که سرور شما از آن ساخته می‌شود در دسترس نیست. مدیر سیستم باید آن را بررسی کند.",
  },
  name_taken: {
    en: "Your user name belongs to somebody else at JupyterHub. An administrator has to link your account.",
    fa: "نام کاربری شما در JupyterHub از آنِ کس دیگری است. مدیر سیستم باید حساب شما را پیوند دهد.",
  },
  too_slow: {
    en: "Your server took too long to start. Should it turn up, you can open it here; or start it again.",
    fa: "راه‌اندازی سرور شما بیش از اندازه طول کشید. اگر آماده شد می‌توانید آن را از همین‌جا باز کنید، یا دوباره آن را راه‌اندازی کنید.",
  },
  died: {
    en: "Your server started and ended at once. Try once more; if it happens again, tell an administrator.",
    fa: "سرور شما راه‌اندازی شد و بی‌درنگ پایان یافت. یک بار دیگر تلاش کنید؛ اگر تکرار شد به مدیر سیستم خبر دهید.",
  },
  named_servers_off: {
    en: "JupyterHub here gives each person one server. Start the one without a name.",
    fa: "JupyterHub اینجا به هر کس یک سرور می‌دهد. سرور بدون نام را راه‌اندازی کنید.",
  },
  cancelled: { en: "The start was cancelled.", fa: "راه‌اندازی لغو شد." },
};

export function launchWords(cause: LaunchCause, language: "en" | "fa"): string {
  return WORDS[cause][language];
}
