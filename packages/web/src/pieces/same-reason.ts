import { type RefObject, useLayoutEffect, useRef, useState } from "react";

interface Said {
  readonly text: string;
  retry(): void;
}

/** The cards that are on the page and can be tried again, each with what it says. */
const cards = new Map<HTMLElement, Said>();
const listeners = new Set<() => void>();

interface SameReason {
  readonly card: RefObject<HTMLElement | null>;
  /** A card before this one says the same: once is enough. */
  readonly isSame: boolean;
  /** Tries this one again, and all that failed for the same reason. */
  retryAll(): void;
}

/**
 * One fault often fails several parts of a page: the first card tells it whole, those after it in short, and any of
 * them tries all of them again. Without `onRetry` a card stands for itself.
 */
export function useSameReason(text: string, onRetry: (() => void) | undefined): SameReason {
  const card = useRef<HTMLElement>(null);
  const [isSame, setSame] = useState(false);
  const retry = useRef(onRetry);
  retry.current = onRetry;
  const canRetry = onRetry !== undefined;
  useLayoutEffect(() => {
    const node = card.current;
    if (node === null || !canRetry) return;
    const look = () => setSame(alike(node, text).some((other) => isBefore(other, node)));
    cards.set(node, { text, retry: () => retry.current?.() });
    listeners.add(look);
    tell();
    return () => {
      cards.delete(node);
      listeners.delete(look);
      tell();
    };
  }, [text, canRetry]);
  const retryAll = () => {
    const others = card.current === null ? [] : alike(card.current, text);
    onRetry?.();
    for (const other of others) cards.get(other)?.retry();
  };
  return { card, isSame, retryAll };
}

function tell(): void {
  for (const look of listeners) look();
}

/** The other cards that say it, on the same page or in the same dialog. */
function alike(node: HTMLElement, text: string): HTMLElement[] {
  const within = node.closest("[role=dialog]");
  return [...cards].flatMap(([other, said]) =>
    other !== node && said.text === text && other.closest("[role=dialog]") === within ? [other] : [],
  );
}

const isBefore = (other: HTMLElement, node: HTMLElement): boolean =>
  (node.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_PRECEDING) !== 0;
