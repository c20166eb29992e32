import { type ComponentType, lazy, Suspense, useEffect } from "react";
import { allWords, paletteWords } from "../locales/i18n.ts";
import { whenQuiet } from "../pieces/when-quiet.ts";
import { shownOverlay, showOverlay, typeAhead, useOverlay } from "./overlay.ts";

interface OverlayProps {
  onClose(): void;
}

/** A piece that comes when it is asked for, with the words that Home does without. */
const piece = (load: () => Promise<ComponentType<OverlayProps>>) =>
  lazy(async () => {
    const [component] = await Promise.all([load(), allWords()]);
    return { default: component };
  });

const loadPalette = async () => {
  const [module] = await Promise.all([import("../palette/palette.tsx"), paletteWords()]);
  return module.Palette;
};

const pieces = {
  palette: piece(loadPalette),
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
    const takeBack = whenQuiet(loadPalette);
    return () => {
      takeBack();
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
  } else if (shownOverlay() === "palette" && target?.closest("[role=dialog]") == null) {
    keepForPalette(event);
  } else if (
    (event.key === "?" || event.key === "؟") &&
    !isTyping(target) &&
    !document.querySelector("[role=dialog]")
  ) {
    event.preventDefault();
    showOverlay("shortcuts");
  }
}

/** It was asked for, and what is typed is meant for it, though its field does not stand yet or has not the focus. */
function keepForPalette(event: KeyboardEvent): void {
  const { key } = event;
  const isText = [...key].length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (key === "Escape") showOverlay(null);
  else if (isText) typeAhead((typed) => typed + key);
  else if (key === "Backspace") typeAhead((typed) => typed.slice(0, -1));
  else if (key !== "Enter") return;
  event.preventDefault();
  event.stopPropagation();
}

const isTyping = (target: HTMLElement | null): boolean =>
  target !== null && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
