import { randomInt } from "node:crypto";
import { WORDS } from "./words.ts";

/** Four words joined by hyphens (contract 5's ids): a name, not a secret. About 2⁴¹ of them. */
export function fourWordId(): string {
  return Array.from({ length: 4 }, () => WORDS[randomInt(WORDS.length)]).join("-");
}
