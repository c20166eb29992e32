import { StoaError } from "../platform/errors/stoa-error.ts";

/** A search by too little. The Persian words are contract 2's, to the letter. */
export class SearchTooShort extends StoaError {
  constructor() {
    super("invalid", { message: "A search needs at least 2 characters" });
  }

  inLocale(locale: "en" | "fa"): StoaError {
    return locale === "en" ? this : new StoaError("invalid", { message: "حداقل 2 کاراکتر برای جستجو نیاز است" });
  }
}

/** One person has reported as much as is taken in a day. */
export class DayFull extends StoaError {
  readonly #bounds: { readonly entries: number; readonly megabytes: number };

  /** @param seconds until the next day begins */
  constructor(bounds: { readonly entries: number; readonly megabytes: number }, seconds: number) {
    const { entries, megabytes } = bounds;
    const said = [
      ...(entries === 0 ? [] : [`${entries} executions`]),
      ...(megabytes === 0 ? [] : [`${megabytes} MiB`]),
    ];
    super("rate_limited", {
      message: `Of one person ${said.join(" or ")} are taken in a day (UTC), and that is reached. Send the rest tomorrow, or ask an administrator (STOA_ACTIVITY_DAY_ENTRIES, STOA_ACTIVITY_DAY_MB).`,
      details: { seconds },
    });
    this.#bounds = bounds;
  }

  inLocale(locale: "en" | "fa"): StoaError {
    if (locale === "en") return this;
    const { entries, megabytes } = this.#bounds;
    const said = [...(entries === 0 ? [] : [`${entries} اجرا`]), ...(megabytes === 0 ? [] : [`${megabytes} مبی‌بایت`])];
    return new StoaError("rate_limited", {
      message: `از هر نفر در یک روز (UTC) ${said.join(" یا ")} پذیرفته می‌شود و این سقف پر شده است. باقی را فردا بفرستید یا از مدیر سامانه بخواهید (STOA_ACTIVITY_DAY_ENTRIES، STOA_ACTIVITY_DAY_MB).`,
      details: this.details,
    });
  }
}

/** Code points. @throws SearchTooShort */
export function refuseShort(text: string): string {
  if ([...text].length < 2) throw new SearchTooShort();
  return text;
}
