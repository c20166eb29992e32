const indent = "  ";

/**
 * The same JSON with a line for each member. Nothing is read into values and written out again: a number of twenty
 * digits stays as it is. Null: it is no JSON.
 */
export function prettyJson(text: string): string | null {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
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
