/** How a file may be shown: by its name and size alone, never by what a server says about it. */
export type PreviewKind = "text" | "table" | "image" | "none";

/** Types that a browser draws without running anything. SVG and HTML are documents: they are shown as text. */
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

const tables: ReadonlySet<string> = new Set(["csv", "tsv"]);

/** What is certainly no text, so that nobody is shown a screen of question marks first. */
const binary: ReadonlySet<string> = new Set(
  "zip gz tgz bz2 xz zst 7z rar tar pdf doc docx xls xlsx ppt pptx odt ods odp mp3 mp4 mkv mov avi wav flac ogg webm exe so dll o a pyc class jar whl npy npz pkl h5 hdf5 parquet nc fits tif tiff sqlite db bin img iso woff woff2 ttf otf".split(
    " ",
  ),
);

/** Bytes; more of an image is not fetched. */
export const imageLimit = 30 * 2 ** 20;
/** Bytes of a text that are shown. */
export const textLimit = 512 * 2 ** 10;
/** Bytes of a text that may be edited in the browser. */
export const editLimit = 512 * 2 ** 10;

export function extensionOf(name: string): string {
  const at = name.lastIndexOf(".");
  return at > 0 ? name.slice(at + 1).toLowerCase() : "";
}

/** The type that an image's bytes are given; null for all others. */
export const imageType = (name: string): string | null => imageTypes[extensionOf(name)] ?? null;

/** @param size bytes */
export function previewKind(name: string, size: number): PreviewKind {
  if (imageType(name) !== null) return size <= imageLimit ? "image" : "none";
  const extension = extensionOf(name);
  if (binary.has(extension)) return "none";
  return tables.has(extension) ? "table" : "text";
}

/** Archives that the server unpacks. */
export const isArchive = (name: string): boolean => /\.(zip|tar|tgz|tar\.gz)$/i.test(name);
