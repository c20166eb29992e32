/**
 * Runs `open` (a terminal's), with the style elements that it makes on the way replaced: their rules go to
 * constructed style sheets, which our content security policy allows (`style-src 'self'` forbids the text of
 * style tags). xterm.js makes all of them in `open`, and its option `documentOverride` reaches only some.
 * @returns takes the rules away again
 */
export function withoutStyleTags(open: () => void): () => void {
  const sheets = new Set<CSSStyleSheet>();
  const make = Document.prototype.createElement;

  /** Not a style element: even an empty one counts as inline style. A template is as invisible. */
  function makeStyle(): HTMLElement {
    const sheet = new CSSStyleSheet();
    sheets.add(sheet);
    document.adoptedStyleSheets.push(sheet);
    const element = make.call(document, "template");
    Object.defineProperty(element, "textContent", { set: (css: string) => sheet.replaceSync(css) });
    return element;
  }

  const substitute = (tag: string, options?: ElementCreationOptions) =>
    tag === "style" ? makeStyle() : make.call(document, tag, options);
  Object.defineProperty(document, "createElement", { configurable: true, value: substitute });
  try {
    open();
  } finally {
    Reflect.deleteProperty(document, "createElement");
  }
  return () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => !sheets.has(sheet));
  };
}
