/** The portal's languages, and where a browser's own choices are kept. */
export const locales = ["en", "fa"] as const;
export type Locale = (typeof locales)[number];
export const calendars = ["auto", "gregory", "persian"] as const;
export type Calendar = (typeof calendars)[number];
export const digitSets = ["auto", "latin", "persian"] as const;
export type Digits = (typeof digitSets)[number];
export const colorSchemes = ["auto", "light", "dark"] as const;
export type ColorScheme = (typeof colorSchemes)[number];

export const directionOf = (locale: Locale): "ltr" | "rtl" => (locale === "fa" ? "rtl" : "ltr");

const localeKey = "stoa.locale";
const calendarKey = "stoa.calendar";
const digitsKey = "stoa.digits";
/** Read by the page itself too, before its script: index.html. */
const schemeKey = "stoa.scheme";

function read<T extends string>(key: string, allowed: readonly T[]): T | null {
  try {
    const value = localStorage.getItem(key);
    return allowed.find((one) => one === value) ?? null;
  } catch {
    return null; // storage may be refused by the browser's settings
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Not kept then: the choice holds until the page is reloaded.
  }
}

export const storedLocale = (): Locale | null => read(localeKey, locales);

let ofThePage: Locale | null = null;
/** The one chosen in this browser, else the page's own as it came: the browser's or the server's. */
export function browserLocale(): Locale {
  ofThePage ??= document.documentElement.lang === "fa" ? "fa" : "en";
  return storedLocale() ?? ofThePage;
}

export const storeLocale = (locale: Locale): void => write(localeKey, locale);
export const storedCalendar = (): Calendar => read(calendarKey, calendars) ?? "auto";
export const storeCalendar = (calendar: Calendar): void => write(calendarKey, calendar);
export const storedDigits = (): Digits => read(digitsKey, digitSets) ?? "auto";
export const storeDigits = (digits: Digits): void => write(digitsKey, digits);
export const storedScheme = (): ColorScheme => read(schemeKey, colorSchemes) ?? "auto";
export const storeScheme = (scheme: ColorScheme): void => write(schemeKey, scheme);
