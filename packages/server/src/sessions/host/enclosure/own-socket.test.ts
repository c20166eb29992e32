import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RUN_FILES } from "../job-file.ts";
import { eventually } from "../test-host.ts";
import { keepAdopting, makeSocketFolder } from "./own-socket.ts";

describe("adopting a program's socket", () => {
  const before = process.cwd();
  let folder: string;
  let servers: Server[];
  let stop: () => void;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "stoa-own-socket-"));
    process.chdir(folder);
    makeSocketFolder();
    servers = [];
    stop = () => {};
  });
  afterEach(() => {
    stop();
    for (const server of servers) server.close();
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  });

  const made = (): string => join(folder, RUN_FILES.sockets, RUN_FILES.web);
  const adopted = (): string => join(folder, RUN_FILES.web);
  async function listen(): Promise<void> {
    const server = createServer((socket) => socket.end()).listen(made());
    servers.push(server);
    await new Promise((resolve) => server.once("listening", resolve));
  }
  const answers = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(adopted()).on("connect", () => resolve(true));
      socket.on("error", () => resolve(false)).resume();
    });

  it("finds one that was there before anybody watched", async () => {
    await listen();
    stop = keepAdopting();
    expect(await answers()).toBe(true);
  });

  it("finds it, and the next one, where the system gives no watch and where it says nothing", async () => {
    for (const watchFolder of [tooMany, silent]) {
      stop = keepAdopting({ watchFolder, everyMs: 20 });
      await listen();
      await eventually(answers);
      servers.pop()?.close();
      await listen();
      await eventually(answers);
      stop();
      servers.pop()?.close();
      rmSync(adopted(), { force: true });
    }
  });

  it("stays open to the server when the program closes it to others, as Jupyter does after it made it", async () => {
    await listen();
    stop = keepAdopting({ everyMs: 20 });
    chmodSync(made(), 0o600);
    await eventually(() => (statSync(adopted()).mode & 0o777) === 0o660);
  });

  it("looks no longer once it was stopped", async () => {
    keepAdopting({ everyMs: 10 })();
    await listen();
    await sleep(60);
    expect(existsSync(adopted())).toBe(false);
  });
});

/** As when an account has all the watches that it may have. */
function tooMany(): never {
  throw Object.assign(new Error("EMFILE: too many open files, watch"), { code: "EMFILE" });
}

function silent(): null {
  return null;
}
