import type { LaunchCause } from "./causes.ts";

type Words = Readonly<Record<"en" | "fa", string>>;

const PAGE = "docs/jupyterhub.md";
const AT_THE_HUB: Words = {
  en: `The hub's log of that time has the reason. ${PAGE}, Server won't start.`,
  fa: `علت در گزارش JupyterHub در آن زمان آمده است. (${PAGE}، بخش Server won't start)`,
};

/** What an operator does about a start that failed; people read `launch-words.ts`. */
const REMEDIES: Readonly<Record<LaunchCause | "unknown", Words>> = {
  no_hub: {
    en: `Set JUPYTERHUB_API_URL and JUPYTERHUB_API_TOKEN. ${PAGE}`,
    fa: `JUPYTERHUB_API_URL و JUPYTERHUB_API_TOKEN را تنظیم کنید. (${PAGE})`,
  },
  hub_down: {
    en: `Look above whether the hub answers now, and at its log of that time. ${PAGE}, Connection.`,
    fa: `بالا ببینید JupyterHub اکنون پاسخ می‌دهد یا نه، و گزارش آن زمان را ببینید. (${PAGE}، بخش Connection)`,
  },
  token_refused: {
    en: `Look below which functions are off, and add the scopes that they lack. ${PAGE}, Scopes.`,
    fa: `پایین ببینید کدام کارها خاموش‌اند و دسترسی‌هایی را که کم دارند اضافه کنید. (${PAGE}، بخش Scopes)`,
  },
  at_capacity: {
    en: "Raise the hub's active_server_limit or concurrent_spawn_limit, or have idle servers stopped sooner.",
    fa: "active_server_limit یا concurrent_spawn_limit را در JupyterHub بالا ببرید، یا سرورهای بی‌کار را زودتر متوقف کنید.",
  },
  over_quota: {
    en: "Give the person more storage, or ask them to free some.",
    fa: "به شخص فضای بیشتری بدهید یا از او بخواهید جا باز کند.",
  },
  spawn_failed: AT_THE_HUB,
  image_missing: {
    en: `Build or pull the image that the hub's configuration names. ${PAGE}, Server won't start.`,
    fa: `ایمیجی را که در پیکربندی JupyterHub آمده بسازید یا بگیرید. (${PAGE}، بخش Server won't start)`,
  },
  name_taken: {
    en: "Find out whose the hub user is, and link the person to theirs.",
    fa: "ببینید آن کاربر JupyterHub از آنِ کیست و شخص را به کاربر خودش پیوند دهید.",
  },
  too_slow: {
    en: `See in the hub's log what took so long; JUPYTERHUB_LAUNCH_TIMEOUT says how long it may take. ${PAGE}, Server won't start.`,
    fa: `در گزارش JupyterHub ببینید چه چیزی طول کشیده است؛ JUPYTERHUB_LAUNCH_TIMEOUT می‌گوید چقدر مجاز است. (${PAGE}، بخش Server won't start)`,
  },
  died: AT_THE_HUB,
  named_servers_off: {
    en: "Give JUPYTERHUB_NAMED_SERVERS here and allow_named_servers at the hub the same value.",
    fa: "JUPYTERHUB_NAMED_SERVERS در اینجا و allow_named_servers در JupyterHub را یکی کنید.",
  },
  cancelled: { en: "Somebody did not want it.", fa: "کسی آن را نخواسته است." },
  unknown: {
    en: "The hub has not said why. Stoa's own log has it, by the number of the operation.",
    fa: "JupyterHub علت را نگفته است. علت در گزارش خود استوا با شمارهٔ این عملیات آمده است.",
  },
};

/** @param cause null: not known */
export function launchRemedy(cause: LaunchCause | null, language: "en" | "fa"): string {
  return REMEDIES[cause ?? "unknown"][language];
}
