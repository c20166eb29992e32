/** A hole in a template, by its name, or text. */
export type TemplatePart = { readonly text: string } | { readonly hole: string };

/**
 * Reads `--port={port}`; `{{` and `}}` stand for braces.
 * @returns null when a brace is left open or closes nothing
 */
export function parseTemplate(template: string): readonly TemplatePart[] | null {
  const parts: TemplatePart[] = [];
  let text = "";
  let at = 0;
  while (at < template.length) {
    const two = template.slice(at, at + 2);
    if (two === "{{" || two === "}}") {
      text += two[0];
      at += 2;
    } else if (template[at] === "{") {
      const hole = /^\{([A-Za-z_][\w.]*)\}/.exec(template.slice(at))?.[1];
      if (hole === undefined) return null;
      if (text !== "") parts.push({ text });
      text = "";
      parts.push({ hole });
      at += hole.length + 2;
    } else if (template[at] === "}") {
      return null;
    } else {
      text += template[at];
      at += 1;
    }
  }
  if (text !== "") parts.push({ text });
  return parts;
}
