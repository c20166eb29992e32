/**
 * xterm.js writes a character's colours as a style attribute where they are none of the sixteen (true colour, or ours
 * with too little contrast). Our content security policy forbids such attributes, and allows the same through the
 * CSSOM: spans, of which its rows consist, take them that way from now on.
 */
export function styleSpansByCssom(): void {
  const write = Element.prototype.setAttribute;
  Object.defineProperty(HTMLSpanElement.prototype, "setAttribute", {
    configurable: true,
    value(this: HTMLSpanElement, name: string, value: string) {
      if (name === "style") this.style.cssText = value;
      else write.call(this, name, value);
    },
  });
}
