import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { callContext } from "../api/client.ts";
import { isolated } from "./isolated.ts";
import { directionOf, type Locale, storeLocale } from "./locale.ts";

type Catalogue = { readonly [key: string]: string | Catalogue };

/** A language's words come when it is chosen. */
const load: Record<Locale, () => Promise<{ default: Catalogue }>> = {
  en: () => import("./en.json"),
  fa: () => import("./fa.json"),
};

/** Sets up the words of the first language; resolves when a page can be drawn. */
export async function startLanguage(locale: Locale): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: locale,
    resources: { [locale]: { translation: (await load[locale]()).default } },
    fallbackLng: false,
    // React escapes what it draws; what remains to be kept apart is the reading direction.
    interpolation: { escape: isolated },
    returnNull: false,
  });
  applyToDocument(locale);
}

/** Changes words, direction and the language that the server answers in. */
export async function changeLanguage(locale: Locale): Promise<void> {
  if (!i18next.hasResourceBundle(locale, "translation")) {
    i18next.addResourceBundle(locale, "translation", (await load[locale]()).default);
  }
  storeLocale(locale);
  applyToDocument(locale);
  await i18next.changeLanguage(locale);
}

function applyToDocument(locale: Locale): void {
  callContext.locale = locale;
  document.documentElement.lang = locale;
  document.documentElement.dir = directionOf(locale);
}
