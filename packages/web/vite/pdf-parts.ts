import { cp, mkdir, readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

const source = dirname(createRequire(import.meta.url).resolve("pdfjs-dist/package.json"));

/** What pdf.js fetches when a document asks for it: character maps, its standard fonts, decoders without WebAssembly. */
const parts: readonly (readonly [string, RegExp])[] = [
  ["cmaps", /\.bcmap$/],
  ["standard_fonts", /\.(pfb|ttf)$/],
  ["wasm", /_nowasm_fallback\.js$/],
];

/** Lays them beside the assets, in a folder that is named after the version, since they are kept for ever as well. */
export function pdfParts(): Plugin {
  return {
    name: "stoa-pdf-parts",
    apply: "build",
    async writeBundle({ dir }) {
      const { version } = JSON.parse(await readFile(join(source, "package.json"), "utf8")) as { version: string };
      const into = join(dir ?? "", "assets", `pdf-${version}`);
      await mkdir(into, { recursive: true });
      for (const [folder, wanted] of parts) {
        const names = (await readdir(join(source, folder))).filter((name) => wanted.test(name));
        await Promise.all(names.map((name) => cp(join(source, folder, name), join(into, name))));
      }
    },
  };
}
