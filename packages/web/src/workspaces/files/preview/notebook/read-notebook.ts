import { prettyJson } from "../pretty-json.ts";
import { plainText } from "./plain-text.ts";

/** What a cell left behind, in the one form that is shown. */
export type Output =
  | { readonly kind: "stream" | "error" | "text"; readonly text: string; readonly name?: string }
  | { readonly kind: "markdown"; readonly text: string }
  /** `address` holds the picture itself. */
  | { readonly kind: "image"; readonly address: string; readonly alt: string }
  /** Never drawn: `text` is its source. */
  | { readonly kind: "html"; readonly text: string }
  | { readonly kind: "unknown"; readonly types: string };

export interface Cell {
  readonly kind: "markdown" | "code" | "raw" | "heading";
  readonly source: string;
  /** In which turn it ran; null: it did not. */
  readonly turn: number | null;
  readonly outputs: readonly Output[];
  /** Pictures of a Markdown cell, by name, as addresses that hold them. */
  readonly attached: Readonly<Record<string, string>>;
}

export interface Notebook {
  readonly cells: readonly Cell[];
}

type Thing = Readonly<Record<string, unknown>>;

const isThing = (value: unknown): value is Thing =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const thing = (value: unknown): Thing => (isThing(value) ? value : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** nbformat writes a text as one string, or as its lines. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.filter((line) => typeof line === "string").join("") : "";
}

/**
 * Reads nbformat 3 and 4 (https://nbformat.readthedocs.io/en/latest/format_description.html). Whatever is not as it
 * should be is left out: a notebook is whatever somebody wrote into a file.
 * @returns null when it is no notebook
 */
export function readNotebook(text: string): Notebook | null {
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    return null;
  }
  const { nbformat, cells, worksheets } = thing(whole);
  if (typeof nbformat !== "number") return null;
  const all = nbformat >= 4 ? list(cells) : list(worksheets).flatMap((sheet) => list(thing(sheet).cells));
  return { cells: all.map((one) => readCell(thing(one))) };
}

function readCell(cell: Thing): Cell {
  const kind = (["markdown", "code", "heading"] as const).find((one) => one === cell.cell_type) ?? "raw";
  const turn = cell.execution_count ?? cell.prompt_number;
  const marks = kind === "heading" ? `${"#".repeat(Math.min(6, Math.max(1, Number(cell.level) || 1)))} ` : "";
  return {
    kind,
    // nbformat 3 calls the source of code its input.
    source: marks + textOf(cell.source ?? cell.input),
    turn: typeof turn === "number" ? turn : null,
    outputs: kind === "code" ? list(cell.outputs).map((one) => readOutput(thing(one))) : [],
    attached: Object.fromEntries(
      Object.entries(thing(cell.attachments)).flatMap(([name, bundle]) => {
        const address = pictureOf(thing(bundle));
        return address === null ? [] : [[name, address]];
      }),
    ),
  };
}

function readOutput(output: Thing): Output {
  switch (output.output_type) {
    case "stream":
      return { kind: "stream", text: plainText(textOf(output.text)), name: textOf(output.name ?? output.stream) };
    case "error":
    case "pyerr": {
      const told = plainText(list(output.traceback).map(textOf).join("\n"));
      return { kind: "error", text: told === "" ? `${textOf(output.ename)}: ${textOf(output.evalue)}` : told };
    }
    default:
      return readBundle(isThing(output.data) ? output.data : bundleOf3(output));
  }
}

/** nbformat 3 has the forms beside each other, under names of its own. */
function bundleOf3(output: Thing): Thing {
  const names = { png: "image/png", jpeg: "image/jpeg", svg: "image/svg+xml", html: "text/html", text: "text/plain" };
  return Object.fromEntries(
    Object.entries(names).flatMap(([short, type]) => (output[short] === undefined ? [] : [[type, output[short]]])),
  );
}

/** Of the forms that an output has, the one that says most without anything being run. */
function readBundle(bundle: Thing): Output {
  const plain = plainText(textOf(bundle["text/plain"]));
  const address = pictureOf(bundle);
  if (address !== null) return { kind: "image", address, alt: plain };
  const markdown = textOf(bundle["text/markdown"]);
  if (markdown !== "") return { kind: "markdown", text: markdown };
  if (plain !== "") return { kind: "text", text: plain };
  const latex = textOf(bundle["text/latex"]);
  if (latex !== "") return { kind: "text", text: latex };
  const html = textOf(bundle["text/html"]);
  if (html !== "") return { kind: "html", text: html };
  if (bundle["application/json"] !== undefined) {
    return { kind: "text", text: laidOut(bundle["application/json"]) };
  }
  return { kind: "unknown", types: Object.keys(bundle).join(", ") };
}

/** What is nested too deeply for that stays in one line, or is left out. */
function laidOut(value: unknown): string {
  try {
    const letters = JSON.stringify(value);
    return prettyJson(letters) ?? letters;
  } catch {
    return "…";
  }
}

const pictures = ["image/png", "image/jpeg", "image/gif", "image/webp"] as const;

/** A picture as an address that holds it: in an image nothing of it runs, and it fetches nothing. */
function pictureOf(bundle: Thing): string | null {
  for (const type of pictures) {
    const letters = textOf(bundle[type]).replace(/\s/g, "");
    if (letters !== "" && /^[A-Za-z0-9+/]+={0,2}$/.test(letters)) return `data:${type};base64,${letters}`;
  }
  const svg = textOf(bundle["image/svg+xml"]);
  return svg === "" ? null : `data:image/svg+xml,${encodeURIComponent(svg.toWellFormed())}`;
}
