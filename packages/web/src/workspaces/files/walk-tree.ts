import type { KeyboardEvent } from "react";

/**
 * Folders by keyboard: up and down go through what is in sight, along the reading direction opens or goes in, against it
 * closes or goes out, Home and End lead to the ends. Enter and Space choose, as of every button.
 */
export function walkTree(event: KeyboardEvent<HTMLElement>): void {
  const at = event.target instanceof HTMLElement ? event.target.closest("li") : null;
  if (at === null || event.altKey || event.ctrlKey || event.metaKey) return;
  const names = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-folder]")];
  const here = names.findIndex((name) => name.closest("li") === at);
  const turn = at.querySelector<HTMLElement>("[aria-expanded]");
  const opened = turn?.getAttribute("aria-expanded") === "true";
  const forward = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  const back = document.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
  const acts: Readonly<Record<string, () => void>> = {
    ArrowDown: () => names[here + 1]?.focus(),
    ArrowUp: () => names[here - 1]?.focus(),
    Home: () => names[0]?.focus(),
    End: () => names.at(-1)?.focus(),
    [forward]: () => (opened ? at.querySelector<HTMLElement>("li [data-folder]")?.focus() : turn?.click()),
    [back]: () =>
      opened ? turn?.click() : at.parentElement?.closest("li")?.querySelector<HTMLElement>("[data-folder]")?.focus(),
  };
  const act = acts[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
}
