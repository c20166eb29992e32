import { request } from "undici";
import { type Answer, send } from "../support/portal-client.ts";
import type { Ground } from "./ground.ts";
import { addressOf, type Call, methodOf, type Row } from "./row.ts";

/** How long to listen for what should not come. */
const QUIET_MS = 400;

/** The answer to the row's call with that token, or with none. */
export async function answersTo(
  ground: Ground,
  row: Pick<Row, "route" | "endless">,
  call: Call,
  token: string | null,
): Promise<Pick<Answer, "status" | "text" | "json">> {
  const address = addressOf(row.route, call);
  if (call.cookie !== undefined)
    return send(ground.base + address, methodOf(row.route), call.body, { Cookie: call.cookie });
  if (call.headers !== undefined) {
    const type = call.type === undefined ? {} : { "Content-Type": call.type };
    const headers = { ...(token === null ? {} : { Authorization: `Bearer ${token}` }), ...type, ...call.headers };
    return send(ground.base + address, methodOf(row.route), call.body, headers);
  }
  if (row.endless !== true) return ground.call(token, methodOf(row.route), address, call.body, call.type);
  return listen(ground.base + address, token, call.shows ?? "");
}

async function listen(url: string, token: string | null, until: string) {
  const headers = token === null ? {} : { Authorization: `Bearer ${token}` };
  const { statusCode: status, body } = await request(url, { headers });
  const timer = status === 200 ? setTimeout(() => body.destroy(), QUIET_MS) : undefined;
  let text = "";
  try {
    for await (const chunk of body) {
      text += String(chunk);
      if (status === 200 && text.includes(until)) break;
    }
  } catch {
    // Destroyed by us: nothing more was wanted.
  }
  clearTimeout(timer);
  body.on("error", () => {}).destroy();
  return {
    status,
    text,
    get json() {
      return JSON.parse(text);
    },
  };
}
