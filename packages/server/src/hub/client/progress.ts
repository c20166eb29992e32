import { Type } from "typebox";
import { Compile } from "typebox/compile";
import type { HubProgress } from "./contract.ts";

const Event = Compile(
  Type.Object({
    progress: Type.Optional(Type.Number()),
    message: Type.Optional(Type.String()),
    ready: Type.Optional(Type.Boolean()),
    failed: Type.Optional(Type.Boolean()),
  }),
);
/** Characters of one line; a longer one is no event of a hub's. */
const LONGEST_LINE = 64 * 1024;
const LONGEST_MESSAGE = 2_000;

/**
 * A hub's server-sent events (WHATWG HTML, 9.2.6: of a line what follows `data:`), each one line of JSON. What is none
 * is passed over, a comment that keeps the connection open too.
 */
export async function* readProgress(body: AsyncIterable<Buffer>): AsyncIterable<HubProgress> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_LINE) rest = "";
    for (const line of lines) {
      const event = eventOf(line);
      if (event === null) continue;
      yield event;
      if (event.outcome !== null) return;
    }
  }
}

function eventOf(line: string): HubProgress | null {
  if (!line.startsWith("data:")) return null;
  const event = parsed(line.slice("data:".length));
  if (!Event.Check(event)) return null;
  const { progress = 0, message = "", ready, failed } = event;
  return {
    percent: Math.min(100, Math.max(0, Math.round(progress))),
    message: message.slice(0, LONGEST_MESSAGE),
    outcome: failed === true ? "failed" : ready === true ? "ready" : null,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
