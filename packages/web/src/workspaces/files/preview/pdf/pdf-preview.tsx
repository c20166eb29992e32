import { ActionIcon } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import type { PDFDocumentProxy, PDFPageProxy } from "pdfjs-dist";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type FilesOf, fileAddress } from "../../../../api/files.ts";
import { useLocale } from "../../../../locales/use-locale.tsx";
import { IconZoomIn, IconZoomOut } from "../../../../pieces/icons.ts";
import { RowsLoading } from "../../../../pieces/rows-loading.tsx";
import { openPdf } from "./open-pdf.ts";
import classes from "./pdf.module.css";
import { PdfPage } from "./pdf-page.tsx";

const zooms = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];
/** Pixels between pages. */
const gap = 16;

/** A PDF, its pages below each other, as wide as the window. What can't be drawn says so; it can be downloaded always. */
export function PdfPreview({ of, path }: { of: FilesOf; path: string }) {
  const { t } = useTranslation();
  const { opened, problem } = useDocument(fileAddress(of, path));
  if (problem !== null) {
    return (
      <p className="quiet" role="alert">
        {t(problem === "PasswordException" ? "preview.pdfLocked" : "preview.pdfBroken")}
      </p>
    );
  }
  if (opened === null) return <RowsLoading rows={1} height={320} />;
  return <Pages document={opened.document} first={opened.first} />;
}

/** The document and its first page, by which the others are measured until they are drawn. */
function useDocument(address: string) {
  const [opened, setOpened] = useState<{ document: PDFDocumentProxy; first: PDFPageProxy } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let closed = false;
    const { task, close } = openPdf(address);
    task.promise
      .then(async (document) => {
        const first = await document.getPage(1);
        if (!closed) setOpened({ document, first });
      })
      .catch((error: unknown) => {
        if (!closed) setProblem(error instanceof Error ? error.name : "unknown");
      });
    return () => {
      closed = true;
      close();
    };
  }, [address]);
  return { opened, problem };
}

function Pages({ document, first }: { document: PDFDocumentProxy; first: PDFPageProxy }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const box = useRef<HTMLElement>(null);
  const width = useWidth(box);
  const [zoom, setZoom] = useState(1);
  const { width: natural, height } = first.getViewport({ scale: 1 });
  const scale = (Math.min(width, 900) / natural) * zoom;
  const virtual = useVirtualizer({
    count: document.numPages,
    getScrollElement: () => box.current,
    estimateSize: () => height * scale,
    gap,
    overscan: 1,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: with the scale all heights change
  useLayoutEffect(() => virtual.measure(), [virtual, scale]);
  const to = (by: 1 | -1) => {
    const next = by > 0 ? zooms.find((one) => one > zoom) : zooms.findLast((one) => one < zoom);
    if (next !== undefined) setZoom(next);
  };
  const shown = (virtual.range?.startIndex ?? 0) + 1;
  return (
    <>
      <div className={classes.verbs}>
        <ActionIcon aria-label={t("preview.smaller")} title={t("preview.smaller")} onClick={() => to(-1)}>
          <IconZoomOut size={18} />
        </ActionIcon>
        <ActionIcon aria-label={t("preview.larger")} title={t("preview.larger")} onClick={() => to(1)}>
          <IconZoomIn size={18} />
        </ActionIcon>
        <span className="quiet small tabular" role="status">
          {t("preview.page", { at: shown, all: document.numPages })} · {format.percent(zoom * 100)}
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a document is scrolled by keyboard */}
      <section ref={box} className={classes.pages} tabIndex={0} data-scrolls aria-label={t("preview.pages")}>
        <div className={classes.all} style={{ blockSize: virtual.getTotalSize() }}>
          {width > 0 &&
            virtual.getVirtualItems().map(({ index, start }) => (
              <div
                key={index}
                ref={virtual.measureElement}
                data-index={index}
                className={classes.place}
                style={{ transform: `translateY(${start}px)` }}
              >
                <PdfPage
                  document={document}
                  number={index + 1}
                  scale={scale}
                  usual={{ width: natural, height }}
                  label={t("preview.page", { at: index + 1, all: document.numPages })}
                />
              </div>
            ))}
        </div>
      </section>
    </>
  );
}

/** Pixels inside an element, less its padding. */
function useWidth(box: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => setWidth(Math.floor(element.clientWidth - 2 * gap));
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return width;
}
