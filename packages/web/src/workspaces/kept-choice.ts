import { useState } from "react";

/**
 * A choice of how things are shown that this browser keeps. Without storage it lasts as long as the page.
 * @param read of what was kept: what of it still makes sense
 */
export function useKeptChoice<Choice>(key: string, read: (kept: unknown) => Choice) {
  const [choice, setChoice] = useState(() => read(keptUnder(key)));
  const choose = (next: Choice) => {
    setChoice(next);
    try {
      localStorage.setItem(key, JSON.stringify(next));
    } catch {
      // Not kept then.
    }
  };
  return [choice, choose] as const;
}

function keptUnder(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}
