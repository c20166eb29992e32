const indent = "  ";
/** Levels that are laid out: each line of a deeper one is mostly indentation. */
const mostLevels = 100;
/** Letters of what is laid out: more stall the page. */
const mostLetters = 20_000_000;

/**
 * The same JSON with a line for each member. Nothing is read into values and written out again: a number of twenty
 * digits stays as it is. Null: it is no JSON,
 * or it would be far longer laid out than as it stands.
 */
export function prettyJson(text: string): string | null {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  if (isTooLong(text)) return null;
  let depth = 0;
  const line = () => `\n${indent.repeat(depth)}`;
  return text.replace(/"(?:[^"\\]|\\.)*"|[[{]\s*[\]}]|[[\]{},:]|\s+/g, (token) => {
    if (token.startsWith('"')) return token;
    if (/^\s/.test(token)) return "";
    if (/^[[{].*[\]}]$/s.test(token)) return token.replace(/\s/g, "");
    if (token === ":") return ": ";
    if (token === ",") return `,${line()}`;
    if (token === "{" || token === "[") {
      depth++;
      return token + line();
    }
    depth--;
    return line() + token;
  });
}

/** Reckoned before anything is written: a few kilobytes of brackets are hundreds of megabytes laid out. */
function isTooLong(text: string): boolean {
  let depth = 0;
  let letters = text.length;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},]/g)) {
    if (token.startsWith('"')) continue;
    if (token === "[" || token === "{") depth++;
    else if (token !== ",") depth--;
    letters += 1 + depth * indent.length;
    if (depth > mostLevels || letters > mostLetters) return true;
  }
  return false;
}
