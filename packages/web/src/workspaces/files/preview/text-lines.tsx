import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import classes from "./preview.module.css";
import { directionOfText } from "./text-direction.ts";

/** Lines that are all in the document, where the browser's own search finds them; of more, those in view are. */
const allLines = 2_000;
/** Letters of one line that are drawn: a longer one stalls the page. */
const longestLine = 20_000;

/** A text with the number of each line, in letters of one width. Each line runs its own way. */
export function TextLines({ text }: { text: string }) {
  const { t } = useTranslation();
  const lines = useMemo(() => linesOf(text).map(cut), [text]);
  const common = {
    className: classes.text,
    tabIndex: 0,
    "data-scrolls": true,
    dir: directionOfText(text),
    "aria-label": t("preview.content"),
    style: { "--digits": String(lines.length).length } as CSSProperties,
  };
  if (lines.length > allLines) return <ManyLines lines={lines} common={common} />;
  return (
    <section {...common}>
      {lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name and never move
        <Line key={at} at={at} line={line} />
      ))}
    </section>
  );
}

/** A line break ends its line; after the last one there is no further line. */
const linesOf = (text: string) => (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");

function ManyLines({ lines, common }: { lines: readonly string[]; common: object }) {
  const box = useRef<HTMLElement | null>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => 22,
    overscan: 30,
  });
  return (
    <section {...common} ref={box}>
      <div className={classes.many} style={{ blockSize: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <div
            key={index}
            ref={virtual.measureElement}
            data-index={index}
            style={{ transform: `translateY(${start}px)` }}
          >
            <Line at={index} line={lines[index] ?? ""} />
          </div>
        ))}
      </div>
    </section>
  );
}

function Line({ at, line }: { at: number; line: string }) {
  return (
    <div className={classes.line} data-line={at + 1}>
      {/* A Persian line runs from the right, code from the left. */}
      <span dir="auto">{line === "" ? "\n" : line}</span>
    </div>
  );
}

const cut = (line: string): string => {
  const whole = line.endsWith("\r") ? line.slice(0, -1) : line;
  return whole.length > longestLine ? `${whole.slice(0, longestLine)} …` : whole;
};
