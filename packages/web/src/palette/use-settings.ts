import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type Setting, settingsQuery } from "../api/settings.ts";
import type { Me } from "../api/types.ts";
import type { Locale } from "../locales/locale.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconSettings } from "../pieces/icons.ts";
import { wordsOf } from "../system/setting-groups.ts";
import type { Entry } from "./entry.ts";

/** An administrator's way to each setting, by its title in either language or its name at the host. */
export function useSettings(account: Me, typed: string): Entry[] {
  const { t } = useTranslation();
  const { locale } = useLocale();
  const { data } = useQuery({ ...settingsQuery, enabled: account.is_admin && typed.trim().length > 1 });
  if (!account.is_admin) return [];
  return (data?.items ?? []).map((setting) => entryOf(setting, locale, t("system.settingsTitle")));
}

export function entryOf(setting: Pick<Setting, "name" | "about">, locale: Locale, under: string): Entry {
  const other = wordsOf(setting, locale === "fa" ? "en" : "fa").title;
  return {
    id: `setting:${setting.name}`,
    group: "places",
    icon: IconSettings,
    name: wordsOf(setting, locale).title,
    under,
    also: `${setting.name} ${other}`,
    asked: true,
    path: "/system",
    hash: setting.name,
  };
}
