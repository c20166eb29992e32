import { enableCompileCache } from "node:module";
import path from "node:path";

/** In a checkout, or in a copy of one: beside the packages, with which it goes. */
export const COMPILED = "node_modules/.cache/stoa";
/** What the folder that root made for a server was made of. */
export const STATE_FILE = "made-of";

/** Keeps what Node makes of sources and packages, where this account may: half of a start is to make it anew. */
export function keepCompiled(checkout: string): void {
  enableCompileCache(ownCompiled(checkout));
}

/** Where that is kept: what `NODE_COMPILE_CACHE` names to another program of ours. */
export function ownCompiled(checkout: string): string {
  return path.join(checkout, COMPILED, "own");
}
