import {
  defaultRangeExtractor,
  type Range,
  useWindowVirtualizer,
  type VirtualItem,
  type Virtualizer,
} from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { GhostRows } from "./ghost-rows.tsx";
import classes from "./long-list.module.css";
import { useStaged } from "./staged-rows.ts";
import { useFocusStays } from "./use-focus-stays.ts";

export type RowKey = string | number;

export interface RowsLook<Row> {
  /** What is in it, for who can't see it. */
  readonly label: string;
  readonly keyOf: (row: Row) => RowKey;
  /** Pixels of a usual row; each is measured once it is there. */
  readonly rowHeight: number;
  /** A line between rows. */
  readonly lines?: boolean;
  /** Of a grid: how many stand side by side, and how far apart in pixels. */
  readonly columns?: number;
  readonly gap?: number;
  /** What stands in a row's place while it flies by; left out: a bar. */
  readonly nameOf?: (row: Row) => string;
  /** What a row shows; the list item around it is made here. */
  readonly children: (row: Row) => ReactNode;
}

interface LongRowsProps<Row> extends RowsLook<Row> {
  readonly rows: readonly Row[];
  /** Whether these are all that there are. */
  readonly complete: boolean;
  /** Asked for when the last rows come near; null while it would change nothing. */
  readonly onNear: (() => void) | null;
}

/** Rows before the last at which the next page is asked for: about two screens. */
const near = 40;
/** Rows kept in the document before and after those in view. */
const spare = 6;

/** Heights that were measured, by address and list: who comes back finds their place where it was. */
const measured = new Map<string, VirtualItem[]>();

/** The rows near the view, in a list as high as if all were there. */
export function LongRows<Row>({ rows, label, keyOf, rowHeight, complete, onNear, ...look }: LongRowsProps<Row>) {
  const { columns = 1, gap = 0, lines = false, nameOf, children } = look;
  const list = useRef<HTMLUListElement | null>(null);
  const [focused, setFocused] = useState<RowKey | null>(null);
  const [lastFocused, setLastFocused] = useLastFocused(list);
  const scrollMargin = useTop(list);
  const getItemKey = useCallback((at: number) => keyOf(rows[at] as Row), [rows, keyOf]);
  const [place] = useState(() => `${window.location.href} ${label}`);
  const [known] = useState(() => measured.get(place) ?? []);
  const virtual = useWindowVirtualizer<HTMLLIElement>({
    count: rows.length,
    estimateSize: () => rowHeight,
    getItemKey,
    scrollMargin,
    gap,
    lanes: columns,
    overscan: spare,
    initialMeasurementsCache: known,
    directDomUpdates: true,
    measureElement: measuredOrUsual,
    rangeExtractor: (range) => withFocused(range, focused === null ? -1 : indexOf(range.count, getItemKey, focused)),
  });
  useEffect(() => () => void measured.set(place, virtual.takeSnapshot()), [place, virtual]);
  const wanted = virtual.getVirtualItems();
  const { now: shown, missing } = useStaged(wanted, virtual.range);
  const nameAt = useMemo(() => nameOf && ((at: number) => nameOf(rows[at] as Row)), [nameOf, rows]);
  const last = wanted.at(-1)?.index ?? -1;
  useEffect(() => {
    if (onNear !== null && virtual.range !== null && last >= rows.length - near) onNear();
  }, [onNear, last, rows.length, virtual]);

  const leads = useRef(0);
  const leadTo = (at: number, targetIn: (row: HTMLElement) => HTMLElement | null) => {
    virtual.scrollToIndex(at, { align: "auto" });
    leads.current += 1;
    const lead = leads.current;
    void focusRow(list.current, at, targetIn, () => leads.current === lead);
  };
  const keys = useMemo(() => rows.map(keyOf), [rows, keyOf]);
  useFocusStays(list, keys, lastFocused, (key) => leadTo(keys.indexOf(key), harmlessIn));
  const onKeyDown = (event: KeyboardEvent<HTMLUListElement>) => {
    const from = rowOf(event.target);
    if (from === null || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    const to = nextRow(event.key, from, { columns, rtl: document.dir === "rtl", last: rows.length - 1 });
    if (to === null || isTyping(event.target)) return;
    event.preventDefault();
    if (to !== from) leadTo(to, firstIn);
  };

  return (
    <div className={classes.place}>
      <GhostRows items={missing} nameOf={nameAt} scrollMargin={scrollMargin} columns={columns} lines={lines} />
      <ul
        ref={(node) => {
          list.current = node;
          virtual.containerRef(node);
        }}
        aria-label={label}
        className={classes.list}
        data-lines={lines || undefined}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          const key = getKeyAt(rowOf(event.target), rows, keyOf);
          setFocused(key);
          if (key !== null) setLastFocused(key);
        }}
        onBlur={() => setFocused(null)}
      >
        {shown.map(({ index, key, lane }) => (
          <li
            key={String(key)}
            ref={virtual.measureElement}
            data-index={index}
            aria-posinset={index + 1}
            aria-setsize={complete ? rows.length : -1}
            style={
              columns > 1
                ? { insetInlineStart: `${(lane * 100) / columns}%`, inlineSize: `${100 / columns}%` }
                : undefined
            }
          >
            <Content row={rows[index] as Row} show={children} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/**
 * A row's height as its observer tells it, before the frame is painted. To ask for it at once, as each row comes, would
 * have the page laid out for each of them.
 */
function measuredOrUsual(
  row: HTMLLIElement,
  entry: ResizeObserverEntry | undefined,
  { indexFromElement, itemSizeCache, options }: Virtualizer<Window, HTMLLIElement>,
): number {
  const box = entry?.borderBoxSize[0];
  if (box) return Math.round(box.blockSize);
  const at = indexFromElement(row);
  return itemSizeCache.get(options.getItemKey(at)) ?? options.estimateSize(at);
}

/** Renders anew only with another row, or another way to show it: scrolling moves those that are there. */
const Content = memo(function Content<Row>({ row, show }: ContentProps<Row>) {
  return show(row);
}) as <Row>(props: ContentProps<Row>) => ReactNode;

interface ContentProps<Row> {
  readonly row: Row;
  readonly show: RowsLook<Row>["children"];
}

/** The row that had the focus last, until somebody presses elsewhere: what becomes of it then leads the keyboard nowhere. */
function useLastFocused(list: { readonly current: HTMLElement | null }) {
  const [last, setLast] = useState<RowKey | null>(null);
  useEffect(() => {
    const onPress = ({ target }: PointerEvent) => {
      if (!(target instanceof Element) || list.current?.contains(target) || target.closest("[role=dialog]")) return;
      setLast(null);
    };
    document.addEventListener("pointerdown", onPress);
    return () => document.removeEventListener("pointerdown", onPress);
  }, [list]);
  return [last, setLast] as const;
}

/** Pixels from the document's top to the list's, whatever comes and goes above it. */
function useTop(list: { readonly current: HTMLElement | null }): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const look = () => {
      if (list.current) setTop(Math.round(list.current.getBoundingClientRect().top + window.scrollY));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [list]);
  return top;
}

function indexOf(count: number, keyAt: (at: number) => RowKey, key: RowKey): number {
  for (let at = 0; at < count; at++) if (keyAt(at) === key) return at;
  return -1;
}

function getKeyAt<Row>(at: number | null, rows: readonly Row[], keyOf: (row: Row) => RowKey): RowKey | null {
  const row = at === null ? undefined : rows[at];
  return row === undefined ? null : keyOf(row);
}

/** The rows near the view, and the one that has the focus, wherever it is. */
export function withFocused(range: Range, focused: number): number[] {
  const near = defaultRangeExtractor(range);
  return focused < 0 || near.includes(focused) ? near : [...near, focused].sort((a, b) => a - b);
}

const rowOf = (target: EventTarget): number | null => {
  const at = target instanceof Element ? target.closest("[data-index]")?.getAttribute("data-index") : null;
  return at == null ? null : Number(at);
};

/** Whether the arrow keys are the element's own. */
const isTyping = (target: EventTarget): boolean =>
  target instanceof Element &&
  target.closest("input, textarea, select, [role=menu], [role=tab], [role=slider]") !== null;

interface Around {
  readonly columns: number;
  readonly rtl: boolean;
  readonly last: number;
}

/** Where a key leads to from a row; null: nowhere, the key is somebody else's. */
export function nextRow(key: string, from: number, { columns, rtl, last }: Around): number | null {
  const sideways = columns > 1 ? (rtl ? -1 : 1) : 0;
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: columns,
    ArrowUp: -columns,
    ...(sideways === 0 ? {} : { ArrowRight: sideways, ArrowLeft: -sideways }),
    Home: -from,
    End: last - from,
  };
  const step = steps[key];
  if (step === undefined) return null;
  return from + step < 0 || from + step > last ? from : from + step;
}

/** For who goes there. */
const firstIn = (row: HTMLElement) => row.querySelector<HTMLElement>("a[href], button:not([disabled])");

/** For who is led there unasked, perhaps with the next Enter on its way: what acts on nothing, else the row itself. */
function harmlessIn(row: HTMLElement): HTMLElement {
  const target = row.querySelector<HTMLElement>("a[href]") ?? row.querySelector<HTMLElement>("button[aria-expanded]");
  if (target !== null) return target;
  row.tabIndex = -1;
  return row;
}

/** Milliseconds that a row may take to come: a slow machine draws a long list in several goes. */
const rowWithin = 3_000;

/** A part of the row gets the focus, once it is in the document; unless another row is wanted by then. */
async function focusRow(
  list: HTMLElement | null,
  at: number,
  targetIn: (row: HTMLElement) => HTMLElement | null,
  isWanted: () => boolean,
): Promise<void> {
  for (const until = performance.now() + rowWithin; isWanted() && performance.now() < until; ) {
    const row = list?.querySelector<HTMLElement>(`[data-index="${at}"]`);
    if (row) return targetIn(row)?.focus({ preventScroll: true });
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}
