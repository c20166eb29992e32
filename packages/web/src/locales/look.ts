import type { Display } from "../api/types.ts";
import {
  type Calendar,
  type ColorScheme,
  type Digits,
  storeCalendar,
  storeDigits,
  storedCalendar,
  storedDigits,
  storedScheme,
  storeScheme,
} from "./locale.ts";

/** What somebody chooses about how things are written and shown, besides the language. */
export interface Look {
  readonly calendar: Calendar;
  readonly digits: Digits;
  readonly scheme: ColorScheme;
}

/** What this browser keeps. */
export const storedLook = (): Look => ({ calendar: storedCalendar(), digits: storedDigits(), scheme: storedScheme() });

function createLook() {
  const listeners = new Set<() => void>();
  let now = storedLook();
  return {
    get: () => now,
    /** @param kept false: for as long as this page stands, and not in the browser */
    set(next: Look, kept = true): void {
      if (next.calendar === now.calendar && next.digits === now.digits && next.scheme === now.scheme) return;
      now = next;
      if (kept) {
        storeCalendar(next.calendar);
        storeDigits(next.digits);
        storeScheme(next.scheme);
      }
      for (const listener of listeners) listener();
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The look of this browser; the account's own is adopted as soon as it is known. */
export const look = createLook();

type Chosen = Omit<Display, "tour_done">;

export const asItComes: Chosen = { calendar: "auto", digits: "auto", color_scheme: "auto" };

/** Takes over what the account keeps. @param kept as of `look.set`: false for somebody else's account */
export const adopt = ({ calendar, digits, color_scheme: scheme }: Chosen, kept = true): void =>
  look.set({ calendar, digits, scheme }, kept);
