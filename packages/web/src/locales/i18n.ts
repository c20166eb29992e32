import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { callContext } from "../api/client.ts";
import { whenQuiet } from "../pieces/when-quiet.ts";
import { languageTag } from "./format.ts";
import { isolated } from "./isolated.ts";
import { directionOf, type Locale, storeLocale } from "./locale.ts";
import { look } from "./look.ts";

type Catalogue = { readonly [key: string]: string | Catalogue };

type Part = () => Promise<{ default: Catalogue }>;
type Later = "rest" | "operators" | "storage" | "past" | "jupyter" | "webhooks" | "account" | "opened" | "palette";

/** A language's words come when it is chosen: those of Home at once, the others before the pages that say them. */
const parts: Record<Locale, Record<"first" | Later, Part>> = {
  en: {
    first: () => import("./en.json?part=first"),
    rest: () => import("./en.json?part=rest"),
    operators: () => import("./en.json?part=operators"),
    storage: () => import("./en.json?part=storage"),
    past: () => import("./en.json?part=past"),
    jupyter: () => import("./en.json?part=jupyter"),
    webhooks: () => import("./en.json?part=webhooks"),
    account: () => import("./en.json?part=account"),
    opened: () => import("./en.json?part=opened"),
    palette: () => import("./en.json?part=palette"),
  },
  fa: {
    first: () => import("./fa.json?part=first"),
    rest: () => import("./fa.json?part=rest"),
    operators: () => import("./fa.json?part=operators"),
    storage: () => import("./fa.json?part=storage"),
    past: () => import("./fa.json?part=past"),
    jupyter: () => import("./fa.json?part=jupyter"),
    webhooks: () => import("./fa.json?part=webhooks"),
    account: () => import("./fa.json?part=account"),
    opened: () => import("./fa.json?part=opened"),
    palette: () => import("./fa.json?part=palette"),
  },
};

const later = new Map<string, Promise<void>>();
function load(locale: Locale, part: Later): Promise<void> {
  const name = `${locale} ${part}`;
  const loading =
    later.get(name) ??
    parts[locale][part]().then(({ default: words }) => {
      i18next.addResourceBundle(locale, "translation", words, true);
    });
  later.set(name, loading);
  // What could not be fetched is fetched again when it is next asked for.
  loading.catch(() => later.delete(name));
  return loading;
}

const current = (): Locale => (i18next.language === "fa" ? "fa" : "en");

/** Resolves when every page can be drawn but an operator's, not only Home. */
export const allWords = (): Promise<void> => load(current(), "rest");

const asked = new Set<Later>(["rest"]);
const loadAsked = (locale: Locale) => Promise.all([...asked].map((part) => load(locale, part)));

/** Resolves when pages that say these can be drawn too, in this language and in each that is changed to. */
async function wordsOf(part: Later): Promise<void> {
  asked.add(part);
  // Another language may be chosen while the words of this one are under way.
  for (let loaded: Locale | null = null; loaded !== current(); ) {
    loaded = current();
    await loadAsked(loaded);
  }
}

export const operatorWords = (): Promise<void> => wordsOf("operators");
export const storageWords = (): Promise<void> => wordsOf("storage");
export const pastWords = (): Promise<void> => wordsOf("past");
export const webhookWords = (): Promise<void> => wordsOf("webhooks");
export const accountWords = (): Promise<void> => wordsOf("account");
export const openedWords = (): Promise<void> => wordsOf("opened");
export const paletteWords = (): Promise<void> => wordsOf("palette");
export const jupyterWords = (): Promise<void> => wordsOf("jupyter");

/** Sets up the words of the first language; resolves when Home can be drawn. */
export async function startLanguage(locale: Locale): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: locale,
    resources: { [locale]: { translation: (await parts[locale].first()).default } },
    fallbackLng: false,
    // React escapes what it draws; what remains to be kept apart is the reading direction.
    interpolation: { escape: isolated },
    returnNull: false,
    react: { bindI18nStore: "added" },
  });
  writeFigures();
  // Also when nobody asks for another page.
  whenQuiet(allWords, "next");
  applyToDocument(locale);
}

/** `{{count, number}}` in the digits chosen, and anew when others are. */
function writeFigures(): void {
  i18next.services.formatter?.add("number", (value: number, language: string | undefined, options: object) => {
    const { calendar, digits } = look.get();
    return new Intl.NumberFormat(languageTag(language === "fa" ? "fa" : "en", calendar, digits), options).format(value);
  });
  let { digits } = look.get();
  look.subscribe(() => {
    if (look.get().digits === digits) return;
    digits = look.get().digits;
    i18next.emit("languageChanged", i18next.language);
  });
}

/**
 * Changes words, direction and the language that the server answers in.
 * @param kept false: for as long as this page stands, and not in the browser
 */
export async function changeLanguage(locale: Locale, kept = true): Promise<void> {
  if (!i18next.hasResourceBundle(locale, "translation")) {
    i18next.addResourceBundle(locale, "translation", (await parts[locale].first()).default);
  }
  await load(locale, "rest");
  // Asked last: a page that says more may have been opened meanwhile.
  await loadAsked(locale);
  if (kept) storeLocale(locale);
  applyToDocument(locale);
  await i18next.changeLanguage(locale);
}

function applyToDocument(locale: Locale): void {
  callContext.locale = locale;
  document.documentElement.lang = locale;
  document.documentElement.dir = directionOf(locale);
}
