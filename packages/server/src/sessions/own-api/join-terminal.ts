import { WebSocket } from "ws";
import { LOOK_ONLY, parseFromClient } from "../host/tty-protocol.ts";

/** Bytes that may wait for a slow side before the other is not read any more. */
const MOST_WAITING = 1_000_000;
const LOOK_AGAIN_MS = 25;
/** Frames kept until the host answers. */
export const MOST_EARLY = 100;

export interface Frame {
  readonly data: Buffer;
  readonly binary: boolean;
}

/**
 * Joins a person's socket with the session host's: frames pass unchanged, and a slow reader slows the writer.
 * @param from.early what the person sent before there was anybody to send it to
 * @param from.looksOnly nothing that the person types goes on, nor how large their window is
 * @param onEnd the host's side is over; `ended`: it had said that the session has
 */
export function joinTerminal(
  person: WebSocket,
  place: { readonly socketPath: string; readonly path: string },
  from: { readonly early: readonly Frame[]; readonly looksOnly: boolean },
  onEnd: (ended: boolean) => void,
): void {
  const { early, looksOnly } = from;
  const path = looksOnly ? `${place.path}?${LOOK_ONLY}` : place.path;
  const host = new WebSocket(`ws+unix:${place.socketPath}:${path}`, { perMessageDeflate: false });
  // The host refuses it too; one of an older server does not know that it has to.
  const mayPass = ({ data, binary }: Frame): boolean => !looksOnly || (!binary && isLookers(data));
  const waiting = early.filter(mayPass);
  let ended = false;
  host.on("open", () => {
    for (const { data, binary } of waiting.splice(0)) host.send(data, { binary });
  });
  host.on("message", (data: Buffer, binary) => {
    pass(data, binary, host, person);
    // The host stays a while for others; here nothing comes any more.
    if (!binary && data.includes('"type":"exit"')) {
      ended = true;
      host.close();
    }
  });
  person.on("message", (data: Buffer, binary) => {
    if (!mayPass({ data, binary })) return;
    // Opening takes some milliseconds, and people type fast. (Pausing would be undone by whoever opened this socket.)
    if (host.readyState !== host.CONNECTING) pass(data, binary, person, host);
    else if (waiting.length < MOST_EARLY) waiting.push({ data, binary });
  });
  person.on("close", () => host.terminate());
  host.on("error", () => host.terminate());
  host.on("close", () => onEnd(ended));
}

function isLookers(data: Buffer): boolean {
  const frame = parseFromClient(data.toString("utf8"));
  return frame !== null && frame.type !== "resize";
}

function pass(data: Buffer, binary: boolean, from: WebSocket, to: WebSocket): void {
  if (to.readyState !== to.OPEN) return;
  to.send(data, { binary });
  if (to.bufferedAmount <= MOST_WAITING || from.isPaused) return;
  from.pause();
  const timer = setInterval(() => {
    if (to.bufferedAmount > MOST_WAITING / 2 && to.readyState === to.OPEN) return;
    clearInterval(timer);
    from.resume();
  }, LOOK_AGAIN_MS);
}
