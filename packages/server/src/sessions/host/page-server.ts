import { readFile } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";

/** The terminal's own small page, for people who open the session at its origin. Nothing from elsewhere. */
const FILES: Readonly<Record<string, { readonly type: string; readonly file: () => string }>> = {
  "/": { type: "text/html; charset=utf-8", file: () => own("./page/terminal.html") },
  "/terminal.js": { type: "text/javascript; charset=utf-8", file: () => own("./page/terminal.js") },
  "/terminal.css": { type: "text/css; charset=utf-8", file: () => own("./page/terminal.css") },
  "/xterm.css": { type: "text/css; charset=utf-8", file: () => part("@xterm/xterm/css/xterm.css") },
  "/xterm.mjs": { type: "text/javascript; charset=utf-8", file: () => part("@xterm/xterm/lib/xterm.mjs") },
  "/addon-fit.mjs": { type: "text/javascript; charset=utf-8", file: () => part("@xterm/addon-fit/lib/addon-fit.mjs") },
};

const HEADERS = {
  // xterm writes its colours into style elements of its own.
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};

export function createPageServer(): Server {
  return createServer((req, res) => {
    const path = req.url?.split("?")[0] ?? "/";
    const entry = FILES[path];
    if (entry === undefined) return plain(res, 404, "There is nothing here. The terminal is at /.");
    if (req.method !== "GET" && req.method !== "HEAD") return plain(res, 405, "Only GET here.");
    readFile(entry.file()).then(
      (bytes) => {
        const caching = path === "/" ? "no-store" : "max-age=3600";
        res.writeHead(200, { ...HEADERS, "Content-Type": entry.type, "Cache-Control": caching });
        res.end(req.method === "HEAD" ? undefined : bytes);
      },
      () => plain(res, 500, "A part of the terminal's page is missing from the installation. Run npm ci."),
    );
  });
}

function plain(res: ServerResponse, status: number, text: string): void {
  res.writeHead(status, { ...HEADERS, "Content-Type": "text/plain; charset=utf-8" }).end(text);
}

function own(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

function part(specifier: string): string {
  return fileURLToPath(import.meta.resolve(specifier));
}
