/**
 * Does it once what React has just drawn is on the screen: what asks for places or takes the focus makes the browser
 * lay the page out, and people wait for that.
 * @returns takes it back while it hasn't been done
 */
export function afterPaint(work: () => void): () => void {
  let timer = 0;
  const frame = requestAnimationFrame(() => {
    timer = window.setTimeout(work);
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
