import type { Page } from "playwright-core";

/** All that a page was told by the server so far: answers, events, WebSocket frames. */
export interface Heard {
  /** Where this word was in it: an address a line. */
  whereIs(word: string): Promise<string[]>;
  /** Answers and events so far; none would mean that nothing was listened to. */
  count(): { readonly answers: number; readonly events: number };
}

/** Listens from now on; before the first page is opened. */
export async function listen(page: Page): Promise<Heard> {
  const told: { readonly where: string; readonly text: string }[] = [];
  const coming: Promise<unknown>[] = [];
  let events = 0;
  page.on("response", (response) => {
    const where = new URL(response.url()).pathname;
    // A stream's answer never ends; its events come below.
    if (response.request().resourceType() === "eventsource" || !/json|text\/plain/.test(typeOf(response.headers())))
      return;
    const read = response.text().then(
      (text) => told.push({ where, text }),
      () => {},
    );
    coming.push(read);
  });
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => told.push({ where: socket.url(), text: String(payload) })),
  );
  const browser = await page.context().newCDPSession(page);
  await browser.send("Network.enable");
  browser.on("Network.eventSourceMessageReceived", ({ eventName, data }) => {
    events += 1;
    told.push({ where: `event ${eventName}`, text: data });
  });
  return {
    async whereIs(word) {
      await Promise.all(coming);
      return told.filter(({ text }) => text.includes(word)).map(({ where }) => where);
    },
    count: () => ({ answers: told.length - events, events }),
  };
}

const typeOf = (headers: Readonly<Record<string, string>>) => headers["content-type"] ?? "";
