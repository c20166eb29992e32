import { watch } from "node:fs";
import { join } from "node:path";
import { root, say } from "./root.mjs";
import { runNode } from "./supervise.mjs";

const SOURCES = join(root, "packages/server/src");
const SETTLE_MS = 200;

/**
 * The server, stopped in order and started anew when its code changes. (`node --watch` doesn't wait for a
 * server that drains, and leaves its database behind.) A server that failed waits for the next change.
 */
export async function watchServer(args) {
  const stop = withResolvers();
  let stopping = false;
  const onStop = () => {
    stopping = true;
    stop.resolve("stopped");
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, onStop);
  for (;;) {
    const change = nextChange();
    let child;
    const ended = runNode(args, { onStart: (started) => (child = started) });
    const first = await Promise.race([ended.then(() => "ended"), change.promise]);
    if (first === "changed") child.kill("SIGTERM");
    const code = await ended;
    if (first === "ended" && !stopping) {
      say(`The server ended with ${code}; waiting for a change …`);
      await Promise.race([change.promise, stop.promise]);
    }
    change.stop();
    if (stopping) return code;
    say("Starting again …");
  }
}

/** Resolves with `changed` once code changed and the editor has finished writing. */
function nextChange() {
  const { promise, resolve } = withResolvers();
  let timer;
  const watcher = watch(SOURCES, { recursive: true }, (_event, file) => {
    if (file === null || !/\.(ts|html|sql)$/.test(file) || /\.test\.ts$/.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => resolve("changed"), SETTLE_MS);
  });
  return { promise, stop: () => watcher.close() };
}

/** Promise.withResolvers came with Node 22. */
function withResolvers() {
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
