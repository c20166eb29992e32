import type { Terminal } from "@xterm/xterm";

/** What keys ask for besides typing. */
export interface TerminalKeys {
  onFind(): void;
  /** To the next terminal, or the one before. */
  onStep(by: 1 | -1): void;
}

/**
 * Copy, paste, search, other terminals and the way out: every other key belongs to the program. Ctrl+Shift+C copies
 * (Ctrl+C too while something is selected), Ctrl+Shift+V pastes as the browser does, Ctrl+Shift+F searches,
 * Ctrl+Shift+Left and Right lead to the terminals beside it, Ctrl+F6 leaves: Tab can't, it is the shell's.
 */
export function bindKeys(terminal: Terminal, keys: TerminalKeys | null): void {
  terminal.attachCustomKeyEventHandler((event) => {
    // Where nothing can be typed, Tab is nobody's but the page's: who comes by it must get on by it.
    if (event.key === "Tab" && terminal.options.disableStdin) return false;
    if (event.type !== "keydown" || !event.ctrlKey) return true;
    const selected = terminal.getSelection();
    if (event.code === "KeyC" && (event.shiftKey || selected !== "")) {
      event.preventDefault();
      if (selected !== "") void copySelection(terminal);
      return false;
    }
    if (event.code === "KeyV" && event.shiftKey) return false;
    if (event.key === "F6") {
      event.preventDefault();
      terminal.blur();
      document.querySelector<HTMLElement>("[data-page-title]")?.focus();
      return false;
    }
    const asked = event.shiftKey && !event.altKey && keys !== null ? askedBy(event.code, keys) : null;
    if (asked === null) return true;
    event.preventDefault();
    asked();
    return false;
  });
}

function askedBy(code: string, { onFind, onStep }: TerminalKeys): (() => void) | null {
  // The arrows as they are drawn, in either direction of writing.
  const forward = document.dir === "rtl" ? -1 : 1;
  if (code === "KeyF") return onFind;
  if (code === "ArrowRight") return () => onStep(forward);
  if (code === "ArrowLeft") return () => onStep(forward === 1 ? -1 : 1);
  return null;
}

/** To the clipboard; nothing is selected afterwards, so that Ctrl+C is the program's again. */
export async function copySelection(terminal: Terminal): Promise<void> {
  await navigator.clipboard?.writeText(terminal.getSelection());
  terminal.clearSelection();
}
