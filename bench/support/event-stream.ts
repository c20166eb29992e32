import type { PortalClient } from "../../tests/support/portal-client.ts";

/** One event as a browser has it. */
export interface SeenEvent {
  readonly type: string;
  readonly subject: { readonly kind: string; readonly id: string };
  readonly data: Readonly<Record<string, unknown>>;
}

/** Opens the portal's event stream and resolves when it flows. @returns closes it */
export async function openEvents(client: PortalClient, onEvent: (event: SeenEvent) => void): Promise<() => void> {
  const stop = new AbortController();
  const answer = await fetch(`${client.base}/api/stoa/v1/events`, {
    headers: { Cookie: client.cookie, "Sec-Fetch-Site": "same-origin", Accept: "text/event-stream" },
    signal: stop.signal,
  });
  if (answer.status !== 200 || answer.body === null) throw new Error(`events: ${answer.status}`);
  void read(answer.body, onEvent).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  return () => stop.abort();
}

async function read(body: ReadableStream<Uint8Array>, onEvent: (event: SeenEvent) => void): Promise<void> {
  let text = "";
  for await (const part of body.pipeThrough(new TextDecoderStream() as never)) {
    text += part as unknown as string;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data !== undefined) onEvent(JSON.parse(data) as SeenEvent);
    }
  }
}
