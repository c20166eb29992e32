/** The newest `capacity` bytes of what a session printed. Takes no more memory than that, however much comes. */
export interface Scrollback {
  readonly capacity: number;
  push(chunk: Uint8Array): void;
  /** What to show somebody who joins: from the first whole line on, when older output was dropped. */
  snapshot(): Buffer;
  /** Bytes printed since the start. */
  readonly total: number;
}

export function createScrollback(capacity: number): Scrollback {
  const ring = Buffer.alloc(capacity);
  let total = 0;

  return {
    capacity,
    get total() {
      return total;
    },
    push(chunk) {
      const kept = chunk.length > capacity ? chunk.subarray(chunk.length - capacity) : chunk;
      total += chunk.length;
      const at = (total - kept.length) % capacity;
      const untilEnd = Math.min(kept.length, capacity - at);
      ring.set(kept.subarray(0, untilEnd), at);
      ring.set(kept.subarray(untilEnd), 0);
    },
    snapshot() {
      if (total <= capacity) return Buffer.from(ring.subarray(0, total));
      const at = total % capacity;
      const whole = Buffer.concat([ring.subarray(at), ring.subarray(0, at)]);
      // The cut may lie inside a character or an escape sequence: a line's start never does.
      const newline = whole.indexOf(10);
      return newline === -1 || newline === whole.length - 1 ? whole : whole.subarray(newline + 1);
    },
  };
}
