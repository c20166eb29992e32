import { type CSSProperties, useEffect, useState } from "react";

interface Places {
  /** Around the thing itself; null: it isn't on this screen. */
  readonly spot: CSSProperties | null;
  /** Of the words about it: beside it, or below, or above, wherever they fit. */
  readonly card: CSSProperties;
}

const gap = 14;
const cardWidth = 340;
const cardHeight = 230;
const edge = 12;

/** Where the thing named `data-tour` is now, and where there is room to tell about it. */
export function useSpot(name: string): Places {
  const [places, setPlaces] = useState<Places>({ spot: null, card: middle });
  useEffect(() => {
    const look = () => {
      const found = visible(name);
      setPlaces(found ? around(found.getBoundingClientRect()) : { spot: null, card: middle });
    };
    visible(name)?.scrollIntoView({ block: "center" });
    look();
    // What is still on its way moves it.
    const timer = setInterval(look, 250);
    window.addEventListener("resize", look);
    return () => {
      clearInterval(timer);
      window.removeEventListener("resize", look);
    };
  }, [name]);
  return places;
}

/** The rail has it, or the bar at the foot of a phone. */
function visible(name: string): HTMLElement | null {
  const all = document.querySelectorAll<HTMLElement>(`[data-tour~="${name}"]`);
  return [...all].find((one) => one.getClientRects().length > 0) ?? null;
}

const middle: CSSProperties = { insetBlockStart: "35%", insetInlineStart: `calc(50% - ${cardWidth / 2}px)` };

function around(box: DOMRect): Places {
  const { innerWidth: width, innerHeight: height } = window;
  const start = document.dir === "rtl" ? width - box.right : box.left;
  const spot: CSSProperties = {
    insetBlockStart: box.top - 6,
    insetInlineStart: start - 6,
    inlineSize: box.width + 12,
    blockSize: box.height + 12,
  };
  // On a phone the words lie along the edge that is farther from it: the style sheet gives them their width.
  if (width < 560) return { spot, card: box.top > height / 2 ? { insetBlockStart: edge } : { insetBlockEnd: edge } };
  const after = start + box.width + gap;
  const clamp = (value: number, most: number) => Math.max(edge, Math.min(value, most));
  if (after + cardWidth + edge <= width && box.width < width / 3) {
    return { spot, card: { insetInlineStart: after, insetBlockStart: clamp(box.top - 6, height - cardHeight - edge) } };
  }
  const inlineStart = clamp(start, width - cardWidth - edge);
  const below = box.bottom + gap;
  const isRoom = below + cardHeight <= height;
  const block = isRoom
    ? { insetBlockStart: below }
    : { insetBlockEnd: clamp(height - box.top + gap, height - cardHeight) };
  return { spot, card: { insetInlineStart: inlineStart, ...block } };
}
