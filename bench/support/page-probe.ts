/**
 * Runs in the page before anything of the portal, and keeps time there: between the browser's own events and frames,
 * not across the connection that drives it. As text, because it is no program of ours: the browser reads it.
 */
export const pageProbe = `(() => {
  let paint = 0;
  let shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) paint = entry.startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });

  // What a frame's own callback changes is painted in that very frame; anything else in the next one.
  let inFrame = false;
  const ask = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) => ask((now) => {
    inFrame = true;
    try {
      callback(now);
    } finally {
      // After those who observe what it changed.
      queueMicrotask(() => { inFrame = false; });
    }
  });

  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  // A task after the frame's callbacks: what they changed has been laid out and painted.
  const afterFrame = () => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(performance.now());
    port2.postMessage(null);
  });
  const painted = () => inFrame ? afterFrame() : frame().then(afterFrame);
  const changed = (find, accept) => new Promise((resolve) => {
    const look = () => {
      if (!accept(find())) return;
      observer.disconnect();
      resolve(painted());
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });

  window.probe = {
    largestPaint: () => paint,
    layoutShift: () => shift,
    scriptBytes: () => performance.getEntriesByType("resource")
      .filter(({ name }) => new URL(name).pathname.endsWith(".js"))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),

    /** From the next click to the other page's title on the screen. */
    async routeChange() {
      const find = () => document.querySelector("[data-page-title]")?.textContent;
      const before = find();
      const began = new Promise((resolve) => addEventListener("click", () => resolve(performance.now()), { once: true, capture: true }));
      const end = await changed(find, (title) => title !== undefined && title !== before);
      return end - (await began);
    },

    /** Scrolls to the very end, which moves away as pages come. */
    async scrollThrough(pixelsAFrame) {
      scrollTo(0, 0);
      for (let at = 0; at < 20; at += 1) await frame();
      let worst = 0;
      let frames = 0;
      let still = 0;
      let last = await frame();
      // What is at its end knows how long it is.
      const complete = () => document.querySelector("li[aria-setsize]:not([aria-setsize='-1'])") !== null;
      while (still < (complete() ? 10 : 1_800)) {
        const before = scrollY;
        scrollBy(0, pixelsAFrame);
        const now = await frame();
        worst = Math.max(worst, now - last);
        last = now;
        frames += 1;
        still = scrollY === before ? still + 1 : 0;
      }
      return { worst, frames, height: document.documentElement.scrollHeight };
    },

    /** From the next key to what the terminal shows of it. */
    async echo() {
      const rows = () => document.querySelector(".xterm-rows");
      const before = rows().textContent;
      const began = new Promise((resolve) => addEventListener("keydown", () => resolve(performance.now()), { once: true, capture: true }));
      const end = await changed(() => rows().textContent, (text) => text !== before);
      return end - (await began);
    },

    /** From the next Enter until the terminal shows this text; and the longest time without a frame meanwhile. */
    async untilShown(text) {
      await new Promise((resolve) => addEventListener("keydown", resolve, { once: true, capture: true }));
      const began = performance.now();
      let worst = 0;
      let last = began;
      while (!document.querySelector(".xterm-rows").textContent.includes(text)) {
        await frame();
        const now = performance.now();
        worst = Math.max(worst, now - last);
        last = now;
      }
      return { took: (await painted()) - began, worst };
    },
  };
})();`;
