import { useCallback, useEffect, useRef, useState } from "react";

export interface Chosen {
  /** Everybody of the list, loaded or not. */
  readonly all: boolean;
  readonly ids: ReadonlySet<number>;
  has(id: number): boolean;
  /** @param range with all between this one and the last one clicked */
  toggle(id: number, isChosen: boolean, range: boolean): void;
  chooseAll(): void;
  clear(): void;
}

const none: ReadonlySet<number> = new Set();

interface Listed {
  readonly id: number;
}

/** Who is chosen for a change of many. Another list begins with nobody. @param look by what the list is narrowed */
export function useChosen(
  rows: readonly Listed[],
  { search, state }: { readonly search?: string; readonly state?: string },
): Chosen {
  const [ids, setIds] = useState(none);
  const [all, setAll] = useState(false);
  const last = useRef<number | null>(null);
  const shown = useRef(rows);
  shown.current = rows;
  const clear = useCallback(() => {
    setIds(none);
    setAll(false);
    last.current = null;
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list, nobody chosen
  useEffect(() => clear(), [search, state, clear]);
  const toggle = useCallback((id: number, isChosen: boolean, range: boolean) => {
    const order = shown.current.map((row) => row.id);
    const from = range && last.current !== null ? order.indexOf(last.current) : -1;
    const to = order.indexOf(id);
    const meant = from === -1 || to === -1 ? [id] : order.slice(Math.min(from, to), Math.max(from, to) + 1);
    last.current = id;
    setAll(false);
    setIds((before) => {
      const next = new Set(before);
      for (const one of meant) {
        if (isChosen) next.add(one);
        else next.delete(one);
      }
      return next;
    });
  }, []);
  const has = useCallback((id: number) => all || ids.has(id), [all, ids]);
  return { all, ids, has, toggle, clear, chooseAll: () => setAll(true) };
}
