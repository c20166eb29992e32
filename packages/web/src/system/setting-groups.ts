import type { Setting } from "../api/settings.ts";
import type { Locale } from "../locales/locale.ts";
import words from "../locales/setting-words.json" with { type: "json" };

/** By the first word of the YAML name; what is in none is under `other`. */
const firstWords = {
  people: ["registration", "accounts", "people", "clients"],
  sessions: ["sessions", "local_isolation", "processes", "job_types_file", "uws_config"],
  limits: ["limits"],
  files: ["trash", "symlink_roots"],
  mail: ["mail", "notices"],
  reach: ["host", "port", "public_url", "session_domain", "cors_origins", "trusted_proxies", "allowed_hosts"],
  data: ["data_dir", "database", "secret_key", "node_id", "operations"],
} as const;

export type SettingGroup = keyof typeof firstWords | "other";
export const settingGroups = [...Object.keys(firstWords), "other"] as readonly SettingGroup[];

export function groupOf({ yaml }: Pick<Setting, "yaml">): SettingGroup {
  const [first = ""] = yaml.split(".");
  const found = Object.entries(firstWords).find(([, names]) => (names as readonly string[]).includes(first));
  return (found?.[0] as SettingGroup | undefined) ?? "other";
}

/** What it is called, and what it does; a newer server's setting by its own words. */
export function wordsOf({ name, about }: Pick<Setting, "name" | "about">, locale: Locale) {
  const [english = name, persian = name, persianAbout = about] =
    (words as Readonly<Record<string, readonly string[]>>)[name] ?? [];
  return locale === "fa" ? { title: persian, about: plain(persianAbout) } : { title: english, about: plain(about) };
}

/** Without the marks that the reference is written with. */
const plain = (text: string): string => text.replaceAll("`", "");

/** A choice by its own word for this setting, else by the one that all share. */
export const choiceKeys = (name: string, choice: string): string[] => [
  `system.choicesOf.${name}.${choice}`,
  `system.choices.${choice}`,
];

/** Times of none at all switch off what they are for. */
export const isNever = ({ form, value }: Pick<Setting, "form" | "value">): boolean =>
  form === "time" && /^0+\s*[a-z]*$/i.test(value ?? "");

/** Whether all words that are searched for stand in its name, title or text. */
export function matches(setting: Setting, search: string, locale: Locale): boolean {
  const { title, about } = wordsOf(setting, locale);
  const text = [setting.name, setting.yaml, title, about, setting.value ?? ""].join(" ").toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
