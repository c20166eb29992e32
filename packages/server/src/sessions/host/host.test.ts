import { readdirSync, statSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { readJson } from "./atomic-file.ts";
import { readOutputLog } from "./output-log.ts";
import { isAlive } from "./process-identity.ts";
import { endHosts, eventually, spawnHost, startHost } from "./test-host.ts";

const SHELL = ["/bin/sh", "-i"] as const;
afterEach(endHosts);

describe("a session host", () => {
  it("shows a program to several tabs, and what was printed to one that joins later", async () => {
    const host = await startHost({ command: SHELL });
    const first = await host.attach();
    await first.until("ready> ");
    const second = await host.attach();
    second.type("echo $((40 + 2))-by-second\n");
    await first.until("42-by-second");
    first.close();
    second.close();

    const late = await host.attach();
    await late.until("42-by-second");
    expect(late.frames[0]).toMatchObject({ type: "hello", job_id: 7 });
  });

  it("gives the terminal the smallest size of those who look", async () => {
    const host = await startHost({ command: SHELL });
    const wide = await host.attach({ cols: 120, rows: 40 });
    await wide.until("ready> ");
    const narrow = await host.attach({ cols: 60, rows: 50 });
    await eventually(() => wide.frames.some((frame) => frame.type === "size" && frame.cols === 60));
    wide.type("stty size\n");
    await wide.until("40 60");
    narrow.close();
    await eventually(() =>
      wide.frames.some((frame) => frame.type === "size" && frame.cols === 120 && frame.rows === 40),
    );
  });

  it("leaves a mark in the output where its screen got another size, also in what is kept", async () => {
    const host = await startHost({ command: SHELL });
    const first = await host.attach({ cols: 120, rows: 40 });
    await first.until("\u001b]7337;120;40\u0007");
    first.close();
    const late = await host.attach();
    await late.until("\u001b]7337;120;40\u0007");
    expect(readOutputLog(host.folder, 0, 10_000).bytes.toString()).toContain("\u001b]7337;120;40\u0007");
  });

  it("writes down how the program ended, and tells late comers for a while", async () => {
    const host = await startHost({ command: ["/bin/sh", "-c", "echo bye; exit 3"] });
    expect(await host.exit()).toMatchObject({ cause: "exited", code: 3, signal: null, tree: "gone" });
    const late = await host.attach();
    await late.until("bye");
    await eventually(() => late.frames.some((frame) => frame.type === "exit" && frame.status === 3));
    expect(readOutputLog(host.folder, 0, 1000).bytes.toString()).toBe("bye\r\n");
    await eventually(() => host.process.exitCode === 0, 5000);
  });

  it("says why a program could not start", async () => {
    const host = await startHost({ command: ["no-such-program"] });
    expect(await host.exit()).toMatchObject({ cause: "spawn_failed", code: null, startedAt: null });
    expect((await host.exit()).message).toContain("no-such-program is not installed");
  });

  it("records itself before anything runs, and is found alive by that", async () => {
    const host = await startHost({ command: ["/bin/cat", "host.json"] });
    const claim = readJson(join(host.folder, "host.json")) as { pid: number; startTime: string; bootId: string };
    expect(claim.pid).toBe(host.process.pid);
    expect(isAlive(claim)).toBe(true);
    expect(isAlive({ ...claim, startTime: "1" })).toBe(false);
    expect(isAlive({ ...claim, bootId: "another" })).toBe(false);
    await host.exit();
    expect(readOutputLog(host.folder, 0, 1000).bytes.toString()).toContain(claim.startTime);
  });

  it("runs a job once, however many hosts are started for it", async () => {
    const host = await startHost({ command: ["/bin/sh", "-c", "echo run >> runs; sleep 0.5"], kind: "plain" });
    const others = [spawnHost(host.folder), spawnHost(host.folder), spawnHost(host.folder)];
    await eventually(() => others.every((other) => other.exitCode === 0));
    await host.exit();
    expect(statSync(join(host.folder, "runs")).size).toBe("run\n".length);
  });

  it("listens however long the path of its folder is", async () => {
    const below = join("a-folder-with-a-long-name".repeat(5), "and-another-one".repeat(3));
    const host = await startHost({ command: SHELL, web: "terminal", below });
    expect(readdirSync(host.folder)).toEqual(expect.arrayContaining(["host.sock", "web.sock"]));
  });

  it("gives its program a socket that it can listen on, and says when it does", async () => {
    const script = "setTimeout(() => require('net').createServer().listen(process.env.STOA_SESSION_SOCKET), 200)";
    const below = "a-folder-with-a-long-name".repeat(6);
    const host = await startHost({ command: [process.execPath, "-e", script], kind: "plain", web: "program", below });
    await eventually(async () => (await host.status()).state === "running");
    expect((await host.status()).ready).toBe(false);
    await eventually(async () => (await host.status()).ready);
    expect(readdirSync(host.folder)).toContain("web.sock");
  });

  it("has a page of its own for the terminal, with nothing from elsewhere", async () => {
    const host = await startHost({ command: SHELL, web: "terminal" });
    const get = (path: string): Promise<{ status: number; body: string; csp: string }> =>
      new Promise((resolve, reject) => {
        request({ socketPath: join(host.folder, "web.sock"), path }, async (res) => {
          let body = "";
          for await (const part of res) body += String(part);
          resolve({ status: res.statusCode ?? 0, body, csp: String(res.headers["content-security-policy"]) });
        })
          .on("error", reject)
          .end();
      });
    const page = await get("/");
    expect(page.body).not.toMatch(/https?:\/\//);
    for (const [, path] of page.body.matchAll(/(?:src|href)="\.([^"]+)"/g))
      expect((await get(path ?? "")).status).toBe(200);
    for (const path of ["/xterm.mjs", "/addon-fit.mjs"]) expect((await get(path)).status).toBe(200);
    expect(page.csp).toContain("default-src 'none'");
    expect((await get("/stop")).status).toBe(404);
    expect((await get("/../main.ts")).status).toBe(404);
  });
});
