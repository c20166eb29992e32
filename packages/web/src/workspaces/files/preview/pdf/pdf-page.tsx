import { type PDFDocumentProxy, type PDFPageProxy, TextLayer } from "pdfjs-dist";
import { type CSSProperties, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./pdf.module.css";

interface PdfPageProps {
  readonly document: PDFDocumentProxy;
  readonly number: number;
  /** Pixels of the page to pixels of the screen. */
  readonly scale: number;
  /** Until it is known better. */
  readonly usual: { readonly width: number; readonly height: number };
  readonly label: string;
}

/** Dots of the screen for one pixel, at most: more costs memory that a telephone hasn't. */
const mostDots = 2;

/** One page on a canvas, with its words above it, unseen, to be read aloud, found and copied. */
export function PdfPage({ document, number, scale, usual, label }: PdfPageProps) {
  const { t } = useTranslation();
  const canvas = useRef<HTMLCanvasElement>(null);
  const words = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState(usual);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    let stop = () => {};
    let stopped = false;
    const draw = async () => {
      const page = await document.getPage(number);
      if (stopped || !canvas.current || !words.current) return;
      const { width, height } = page.getViewport({ scale: 1 });
      setSize({ width, height });
      stop = drawPage(page, scale, canvas.current, words.current, () => setBroken(true));
    };
    draw().catch(() => !stopped && setBroken(true));
    return () => {
      stopped = true;
      stop();
    };
  }, [document, number, scale]);
  const box: CSSProperties = { inlineSize: size.width * scale, blockSize: size.height * scale };
  return (
    <section className={classes.page} style={box} aria-label={label}>
      <canvas ref={canvas} />
      <div ref={words} className={classes.words} style={{ "--total-scale-factor": scale } as CSSProperties} />
      {broken && (
        <p className={classes.broken} role="alert">
          {t("preview.pageBroken")}
        </p>
      )}
    </section>
  );
}

/** @returns ends the drawing */
function drawPage(
  page: PDFPageProxy,
  scale: number,
  canvas: HTMLCanvasElement,
  words: HTMLElement,
  onBroken: () => void,
): () => void {
  const dots = Math.min(mostDots, window.devicePixelRatio);
  const viewport = page.getViewport({ scale: scale * dots });
  canvas.width = Math.floor(viewport.width);
  canvas.height = Math.floor(viewport.height);
  const drawing = page.render({ canvas, viewport });
  drawing.promise.catch((error: unknown) => {
    if (!(error instanceof Error && error.name === "RenderingCancelledException")) onBroken();
  });
  words.replaceChildren();
  const layer = new TextLayer({
    textContentSource: page.streamTextContent(),
    container: words,
    viewport: page.getViewport({ scale }),
  });
  layer.render().catch(() => {
    // The page is seen without its words.
  });
  return () => {
    drawing.cancel();
    layer.cancel();
  };
}
