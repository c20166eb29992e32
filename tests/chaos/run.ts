/** `npm run test:chaos`: the server's own chaos, or with `--only` that of sessions and their hosts, of storage, or of launches. */
const at = process.argv.indexOf("--only");
const only = at < 0 ? null : process.argv[at + 1];
if (only === "sessions") await import("./sessions/kill-sessions.ts");
else if (only === "storage") await import("./storage/kill-storage.ts");
else if (only === "launches") await import("./launches/kill-launches.ts");
else if (only === null || only === "server") await import("./kill-nine.ts");
else throw new Error("--only is one of server, sessions, storage, launches");
