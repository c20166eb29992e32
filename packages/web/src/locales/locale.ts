/** The portal's languages, and where a browser's own choices are kept. */
export const locales = ["en", "fa"] as const;
export type Locale = (typeof locales)[number];
export const calendars = ["auto", "gregory", "persian"] as const;
export type Calendar = (typeof calendars)[number];

export const directionOf = (locale: Locale): "ltr" | "rtl" => (locale === "fa" ? "rtl" : "ltr");

const localeKey = "stoa.locale";
const calendarKey = "stoa.calendar";

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
export const storeLocale = (locale: Locale): void => write(localeKey, locale);
export const storedCalendar = (): Calendar => read(calendarKey, calendars) ?? "auto";
export const storeCalendar = (calendar: Calendar): void => write(calendarKey, calendar);
