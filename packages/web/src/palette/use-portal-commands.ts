import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { accountTabs } from "../account/tabs.ts";
import type { Me } from "../api/types.ts";
import { useChangeDisplay } from "../frame/change-display.ts";
import { useChooseLanguage } from "../frame/language-switch.tsx";
import { showOverlay } from "../frame/overlay.ts";

import { useSignOut } from "../frame/sign-out.tsx";
import { useAdminPlaces, usePlaces } from "../frame/use-places.ts";
import { type ColorScheme, colorSchemes, locales } from "../locales/locale.ts";
import { look } from "../locales/look.ts";
import { useLocale } from "../locales/use-locale.tsx";
import {
  type Icon,
  IconBook,
  IconCompass,
  IconDeviceDesktop,
  IconHelp,
  IconKeyboard,
  IconLanguage,
  IconLogout,
  IconMoon,
  IconPlus,
  IconSun,
  IconTrash,
  IconUser,
} from "../pieces/icons.ts";
import { systemTabs } from "../system/tabs.ts";
import type { Entry } from "./entry.ts";

const schemes: Readonly<Record<ColorScheme, { readonly icon: Icon; readonly word: string }>> = {
  auto: { icon: IconDeviceDesktop, word: "schemeAuto" },
  light: { icon: IconSun, word: "schemeLight" },
  dark: { icon: IconMoon, word: "schemeDark" },
};

/** Everywhere that one can go, and what the portal does for itself. */
export function usePortalEntries(account: Me): Entry[] {
  const { t } = useTranslation();
  const { locale } = useLocale();
  const places = usePlaces();
  const adminPlaces = useAdminPlaces();
  const chooseLanguage = useChooseLanguage();
  const changeDisplay = useChangeDisplay();
  const signOut = useSignOut();
  const { scheme } = useSyncExternalStore(look.subscribe, look.get);

  const shown = account.is_admin ? [...places, ...adminPlaces] : places;
  const toPlaces = shown.map(
    ({ to, word, icon }): Entry => ({
      id: `place:${to}`,
      group: "places",
      icon,
      name: t(`frame.${word}`),
      // What people come for, by other names.
      also: `${to} ${t(`palette.also_${word}`, { defaultValue: "" })}`,
      path: to,
    }),
  );
  const toAccount = accountTabs.slice(1).map(
    ({ to, word }): Entry => ({
      id: `tab:${to}`,
      group: "places",
      icon: IconUser,
      name: t(`account.tabs.${word}`),
      under: t("frame.account"),
      also: to,
      asked: true,
      path: to,
    }),
  );
  const system = adminPlaces.find(({ word }) => word === "system");
  const toTabs =
    !account.is_admin || !system
      ? []
      : systemTabs.map(
          ({ to, word }): Entry => ({
            id: `tab:${to}`,
            group: "places",
            icon: system.icon,
            name: t(`system.tabs.${word}`),
            under: t("frame.system"),
            // What stands on it, by name.
            also: `${to} ${t(`palette.also_${word}`, { defaultValue: "" })}`,
            asked: true,
            path: to,
          }),
        );
  const command = (id: string, icon: Icon, name: string, run: () => unknown, also?: string): Entry => ({
    id,
    group: "commands",
    icon,
    name,
    also,
    run,
  });
  return [
    ...toPlaces,
    { id: "place:/trash", group: "places", icon: IconTrash, name: t("trash.title"), asked: true, path: "/trash" },
    ...toAccount,
    ...toTabs,
    { id: "place:/help", group: "places", icon: IconHelp, name: t("help.title"), path: "/help" },
    command("new:workspace", IconPlus, t("workspaces.new"), () => showOverlay("new-workspace")),
    ...locales
      .filter((one) => one !== locale)
      .map((one) =>
        command(`language:${one}`, IconLanguage, t("language.switch"), () => chooseLanguage(one), "language زبان"),
      ),
    ...colorSchemes
      .filter((one) => one !== scheme)
      .map((one) => ({
        ...command(
          `scheme:${one}`,
          schemes[one].icon,
          t("palette.scheme", { scheme: t(`account.${schemes[one].word}`) }),
          () => changeDisplay({ color_scheme: one }),
          "theme",
        ),
        asked: true,
      })),
    command("shortcuts", IconKeyboard, t("help.shortcuts"), () => showOverlay("shortcuts")),
    { ...command("tour", IconCompass, t("help.tour"), () => showOverlay("tour")), asked: true },
    command(
      "docs",
      IconBook,
      t("help.docs"),
      () => void window.open("/docs", "_blank", "noopener"),
      `API docs ${t("palette.also_docs")}`,
    ),
    command("sign-out", IconLogout, t("frame.signOut"), signOut, t("palette.also_signOut")),
  ];
}
