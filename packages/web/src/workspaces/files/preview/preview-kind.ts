/** How a file may be shown: by its name and size alone, never by what a server says about it. */
export type PreviewKind =
  | "text"
  | "markdown"
  | "table"
  | "json"
  | "notebook"
  | "image"
  | "pdf"
  | "audio"
  | "video"
  | "bytes";

/** Types that a browser draws without running anything, wherever they are opened. HTML is text. */
const imageTypes: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  avif: "image/avif",
  bmp: "image/bmp",
  ico: "image/x-icon",
};

const setOf = (words: string): ReadonlySet<string> => new Set(words.split(" "));

const kinds: readonly (readonly [PreviewKind, ReadonlySet<string>])[] = [
  ["markdown", setOf("md markdown mdown mkd")],
  ["table", setOf("csv tsv tab")],
  ["json", setOf("json geojson")],
  ["notebook", setOf("ipynb")],
  ["pdf", setOf("pdf")],
  ["audio", setOf("mp3 wav flac ogg oga m4a aac opus")],
  ["video", setOf("mp4 webm ogv m4v")],
  // What is certainly no text.
  [
    "bytes",
    setOf(
      "zip gz tgz bz2 xz zst 7z rar tar doc docx xls xlsx ppt pptx odt ods odp mkv mov avi exe so dll o a pyc class jar whl npy npz pkl h5 hdf5 parquet nc fits tif tiff sqlite db bin img iso woff woff2 ttf otf",
    ),
  ],
];

/** Bytes; more of an image is not fetched. */
export const imageLimit = 30 * 2 ** 20;
/** Bytes of a text that are fetched and shown at a time. */
export const textStep = 512 * 2 ** 10;
/** Bytes of a text that may be edited in the browser. */
export const editLimit = textStep;
/** Bytes of a notebook: with its pictures it is one text. */
export const notebookLimit = 16 * 2 ** 20;
/** Bytes of a PDF; it is fetched page by page. */
export const pdfLimit = 2 ** 30;

export function extensionOf(name: string): string {
  const at = name.lastIndexOf(".");
  return at > 0 ? name.slice(at + 1).toLowerCase() : "";
}

/** The type that an image's bytes are given as a blob; null for all others. */
export const imageType = (name: string): string | null => imageTypes[extensionOf(name)] ?? null;

/** A document that is drawn as an image only: as such it neither runs scripts nor fetches anything. */
export const isSvg = (name: string): boolean => extensionOf(name) === "svg";

/** What kind of file its name says it is. */
export function namedKind(name: string): PreviewKind {
  if (imageType(name) !== null || isSvg(name)) return "image";
  const extension = extensionOf(name);
  return kinds.find(([, extensions]) => extensions.has(extension))?.[0] ?? "text";
}

const limits: Readonly<Partial<Record<PreviewKind, number>>> = { image: imageLimit, pdf: pdfLimit };

/** @param size bytes */
export function previewKind(name: string, size: number): PreviewKind {
  const kind = namedKind(name);
  if (kind === "notebook" && size > notebookLimit) return "text";
  return size > (limits[kind] ?? Number.POSITIVE_INFINITY) ? "bytes" : kind;
}

/** Archives that the server unpacks. */
export const isArchive = (name: string): boolean => /\.(zip|tar|tgz|tar\.gz)$/i.test(name);
