import type { Terminal } from "@xterm/xterm";

/**
 * Copy, paste and the way out: every other key belongs to the program. Ctrl+Shift+C copies (Ctrl+C too while
 * something is selected), Ctrl+Shift+V pastes as the browser does, Ctrl+F6 leaves: Tab can't, it is the shell's.
 */
export function bindKeys(terminal: Terminal): void {
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.type !== "keydown" || !event.ctrlKey) return true;
    const selected = terminal.getSelection();
    if (event.code === "KeyC" && (event.shiftKey || selected !== "")) {
      event.preventDefault();
      if (selected !== "") void navigator.clipboard?.writeText(selected).then(() => terminal.clearSelection());
      return false;
    }
    if (event.code === "KeyV" && event.shiftKey) return false;
    if (event.key === "F6") {
      event.preventDefault();
      terminal.blur();
      document.querySelector<HTMLElement>("[data-page-title]")?.focus();
      return false;
    }
    return true;
  });
}
