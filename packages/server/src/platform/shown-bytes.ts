const UNITS = {
  en: ["B", "KiB", "MiB", "GiB", "TiB", "PiB"],
  fa: ["بایت", "کیبی‌بایت", "مبی‌بایت", "گیبی‌بایت", "تبی‌بایت", "پبی‌بایت"],
} as const;

/** Bytes in the unit in which they are read best, in powers of 1024 as quotas are given: `10 GiB`, `1.5 MiB`. */
export function shownBytes(bytes: number, locale: "en" | "fa" = "en"): string {
  let step = 0;
  // From 1,023.5 on it would be written as 1,024 of them.
  while (step < UNITS.en.length - 1 && bytes >= 1023.5 * 1024 ** step) step += 1;
  const value = bytes / 1024 ** step;
  const maximumFractionDigits = step === 0 || value >= 100 ? 0 : 1;
  const number = value.toLocaleString(locale === "fa" ? "fa-IR" : "en-GB", {
    useGrouping: false,
    maximumFractionDigits,
  });
  return `${number} ${UNITS[locale][step]}`;
}
