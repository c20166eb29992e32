import { latinNumber } from "../locales/latin.ts";
import { binary } from "./size-of.ts";

const decimal = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** Bytes as one types them, exactly and as short as it goes: `10 GiB`, `10 GB`, `123 B`. */
export function typedSize(bytes: number): string {
  const exact = [[binary, 1024] as const, [decimal, 1000] as const].flatMap(([units, base]) =>
    units.flatMap((unit, step) => {
      const hundredths = (bytes / base ** step) * 100;
      return hundredths >= 100 && Number.isInteger(hundredths) ? [`${hundredths / 100} ${unit}`] : [];
    }),
  );
  return exact.reduce((short, one) => (one.length < short.length ? one : short), `${bytes} B`);
}

/** What people write for a unit, in lower case: with its power. A letter alone means 1024s, as `du` and `zfs` have it. */
const powers: Readonly<Record<string, readonly [number, number]>> = Object.fromEntries([
  ["b", [1024, 0]],
  ["byte", [1024, 0]],
  ["bytes", [1024, 0]],
  ["بایت", [1024, 0]],
  ...["k", "m", "g", "t", "p"].flatMap((letter, at) => [
    [letter, [1024, at + 1]],
    [`${letter}i`, [1024, at + 1]],
    [`${letter}ib`, [1024, at + 1]],
    [`${letter}b`, [1000, at + 1]],
  ]),
  ...["کیبیبایت", "مبیبایت", "گیبیبایت", "تبیبایت", "پبیبایت"].map((word, at) => [word, [1024, at + 1]]),
  ...["کیلو", "مگ", "گیگ", "ترا", "پتا"].map((word, at) => [word, [1024, at + 1]]),
  ...["کیلوبایت", "مگابایت", "گیگابایت", "ترابایت", "پتابایت"].map((word, at) => [word, [1000, at + 1]]),
]);

/**
 * Bytes of a size that was typed: `10 GiB`, `1.5T`, `۵۰۰ مگ`; a number alone is GiB.
 * @returns null: it is none, or more than can be counted
 */
export function readSize(text: string): number | null {
  const typed = latinNumber(text)
    .replace(/[\u200c\u200e\u200f\u2066-\u2069\s_٬]/g, "")
    .toLowerCase();
  const [, number = "", unit = ""] = /^(\d{1,16}(?:\.\d{1,6})?)(\D*)$/.exec(typed) ?? [];
  if (number === "") return null;
  const power = unit === "" ? ([1024, 3] as const) : powers[unit];
  if (power === undefined) return null;
  const bytes = Math.round(Number(number) * power[0] ** power[1]);
  return Number.isSafeInteger(bytes) ? bytes : null;
}
