import { getDocument, type PDFDocumentLoadingTask, PDFWorker, version } from "pdfjs-dist";
import workerAddress from "pdfjs-dist/build/pdf.worker.min.mjs?url";

const absolute = (path: string) => new URL(path, window.location.origin).href;
/** Where the build lays character maps, fonts and decoders. */
const parts = absolute(`${import.meta.env.BASE_URL}assets/pdf-${version}/`);

/**
 * A worker lives under the content security policy of its own answer, which lets assets fetch nothing. One that begins
 * in a blob lives under the page's: it may import what is ours.
 */
function makeWorker(): Worker {
  const source = `import ${JSON.stringify(absolute(workerAddress))};`;
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(address, { type: "module" });
  worker.addEventListener("message", () => URL.revokeObjectURL(address), { once: true });
  return worker;
}

/**
 * Opens a PDF piece by piece, as pages are asked for. Its scripts and forms are not even read; what it draws goes onto
 * a canvas. Decoders are plain JavaScript: our content security policy allows no WebAssembly.
 * @param address of its bytes, on our own origin
 */
export function openPdf(address: string): { task: PDFDocumentLoadingTask; close(): void } {
  const port = makeWorker();
  const worker = PDFWorker.create({ port });
  const task = getDocument({
    url: absolute(address),
    worker,
    disableStream: true,
    disableAutoFetch: true,
    enableXfa: false,
    useWasm: false,
    useWorkerFetch: false,
    disableWorkerRendering: true,
    // Pixels of one picture in it; larger ones are left out, for they can be made of a few bytes.
    maxImageSize: 100_000_000,
    cMapUrl: parts,
    standardFontDataUrl: parts,
    wasmUrl: parts,
    verbosity: 0,
  });
  const close = () => {
    void task.destroy().finally(() => {
      worker.destroy();
      port.terminate();
    });
  };
  return { task, close };
}
