import { type ComponentType, lazy, Suspense, useEffect } from "react";
import { allWords } from "../locales/i18n.ts";
import { showOverlay, useOverlay } from "./overlay.ts";

interface OverlayProps {
  onClose(): void;
}

/** A piece that comes when it is asked for, with the words that Home does without. */
const piece = (load: () => Promise<ComponentType<OverlayProps>>) =>
  lazy(async () => {
    const [component] = await Promise.all([load(), allWords()]);
    return { default: component };
  });

const pieces = {
  palette: piece(async () => (await import("../palette/palette.tsx")).Palette),
  shortcuts: piece(async () => (await import("../help/shortcuts.tsx")).Shortcuts),
  "new-workspace": piece(async () => (await import("../palette/new-workspace.tsx")).NewWorkspace),
  tour: piece(async () => (await import("../help/tour.tsx")).Tour),
};

/** What lies over the page: opened by a button, a command, or by Ctrl or ⌘ with K, and "?". */
export function Overlays() {
  const overlay = useOverlay();
  useEffect(() => {
    // On the way down: a terminal keeps to itself what it takes.
    window.addEventListener("keydown", onKeyDown, true);
    return () => {
      window.removeEventListener("keydown", onKeyDown, true);
      showOverlay(null);
    };
  }, []);
  if (overlay === null) return null;
  const Piece = pieces[overlay];
  return (
    <Suspense>
      <Piece onClose={() => showOverlay(null)} />
    </Suspense>
  );
}

function onKeyDown(event: KeyboardEvent): void {
  const target = event.target instanceof HTMLElement ? event.target : null;
  // By its place too: a Persian keyboard has another letter there. In a terminal, Ctrl+K is the shell's.
  const isK = event.key.toLowerCase() === "k" || event.code === "KeyK";
  const isCommand = event.metaKey || (event.ctrlKey && target?.closest(".xterm") == null);
  if (isK && isCommand && !event.altKey && !event.shiftKey) {
    event.preventDefault();
    event.stopPropagation();
    showOverlay("palette");
  } else if (
    (event.key === "?" || event.key === "؟") &&
    !isTyping(target) &&
    !document.querySelector("[role=dialog]")
  ) {
    event.preventDefault();
    showOverlay("shortcuts");
  }
}

const isTyping = (target: HTMLElement | null): boolean =>
  target !== null && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
