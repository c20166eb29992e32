import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);

/** Below this a request's own headers outweigh what is saved. */
const worthIt = 1024;

/** Lays a .br and a .gz beside every asset that shrinks; fonts are compressed already. */
export function compressedFiles(): Plugin {
  return {
    name: "stoa-compressed-files",
    apply: "build",
    async writeBundle({ dir }) {
      const folder = join(dir ?? "", "assets");
      const names = (await readdir(folder)).filter((name) => /\.(m?js|css|svg|json)$/.test(name));
      await Promise.all(names.map((name) => compress(join(folder, name))));
    },
  };
}

async function compress(path: string): Promise<void> {
  const content = await readFile(path);
  if (content.length < worthIt) return;
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  const [br, gz] = await Promise.all([brotli(content, { params: quality }), deflate(content, { level: 9 })]);
  await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)]);
}
