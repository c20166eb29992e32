import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

/** Why an exchange with a session does not take place. */
export interface Refusal {
  readonly status: number;
  /** What happened, for people. */
  readonly title: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Answers a page to a browser, contract 3's envelope to a program. */
export function refuse(req: IncomingMessage, res: ServerResponse, refusal: Refusal): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const html = req.headers.accept?.includes("text/html") === true;
  const body = html ? page(refusal) : JSON.stringify({ success: false, message: `${refusal.title} ${refusal.remedy}` });
  res.writeHead(refusal.status, {
    "Content-Type": html ? "text/html; charset=utf-8" : "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    // The request's body is not read: the connection can't be used for another one.
    ...(req.complete ? {} : { Connection: "close" }),
  });
  res.end(req.method === "HEAD" ? undefined : body);
}

/** The same for an upgrade, before any handshake. */
export function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const body = JSON.stringify({ success: false, message: `${refusal.title} ${refusal.remedy}` });
  socket.end(
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ""}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function page(refusal: Refusal): string {
  const title = escapeHtml(refusal.title);
  return (
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<title>${title}</title><h1>${title}</h1><p>${escapeHtml(refusal.remedy)}</p></html>`
  );
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
