import { useComputedColorScheme } from "@mantine/core";
import { useSyncExternalStore } from "react";

/** How this browser's terminals look: one choice for all of them, kept here. */
export interface TerminalSettings {
  /** Pixels. */
  readonly fontSize: number;
  /** `page`: light where the portal is light. */
  readonly colours: "page" | "light" | "dark";
  /** Tells a screen reader what is printed, which costs time where much is. */
  readonly screenReader: boolean;
}

export const fontSizes = { least: 10, usual: 14, most: 28 } as const;
const key = "stoa.terminal";
const usual: TerminalSettings = { fontSize: fontSizes.usual, colours: "dark", screenReader: false };
const listeners = new Set<() => void>();
let current = read();

/** What was kept, as far as it can be used. */
export function settingsIn(text: string | null): TerminalSettings {
  const kept = parse(text);
  const { fontSize, colours } = kept;
  return {
    fontSize:
      typeof fontSize === "number" && fontSize >= fontSizes.least && fontSize <= fontSizes.most
        ? fontSize
        : usual.fontSize,
    colours: colours === "light" || colours === "page" ? colours : usual.colours,
    screenReader: kept.screenReader === true,
  };
}

function parse(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const kept: unknown = JSON.parse(text ?? "{}");
    return typeof kept === "object" && kept !== null ? { ...kept } : {};
  } catch {
    return {};
  }
}

function read(): TerminalSettings {
  try {
    return settingsIn(localStorage.getItem(key));
  } catch {
    return usual;
  }
}

export function changeTerminals(change: Partial<TerminalSettings>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(key, JSON.stringify(current));
  } catch {
    // Not kept then.
  }
  for (const listener of listeners) listener();
}

/** Larger or smaller by so many pixels, as far as that goes. */
export function changeFontSize(by: number): void {
  const fontSize = Math.min(fontSizes.most, Math.max(fontSizes.least, current.fontSize + by));
  if (fontSize !== current.fontSize) changeTerminals({ fontSize });
}

function subscribe(listener: () => void): () => void {
  const onStorage = (event: StorageEvent) => {
    if (event.key !== key) return;
    current = read();
    listener();
  };
  listeners.add(listener);
  window.addEventListener("storage", onStorage);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", onStorage);
  };
}

export const useTerminalSettings = (): TerminalSettings => useSyncExternalStore(subscribe, () => current);

/** In which of the two colours terminals are drawn now. */
export function useTerminalScheme(): "light" | "dark" {
  const { colours } = useTerminalSettings();
  const ofPage = useComputedColorScheme("light");
  return colours === "page" ? ofPage : colours;
}
