import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { type LaunchRequest, ResourceError } from "./contract.ts";
import type { Driver } from "./contract-suite.ts";

/** What the suite lends to its part on how jobs are kept apart. */
export interface SuiteGround {
  driver(): Driver;
  cwd(): string;
  newJob(script: string, more?: Partial<LaunchRequest>): LaunchRequest;
  ended(jobId: number): Promise<unknown>;
}

/** Answers with what it was asked, at the place that `%` stands for. */
const ECHO = `require("http").createServer((req, res) => {
  let text = ""; req.on("data", (part) => { text += part; }).on("end", () => res.end(req.method + " " + req.url + " " + text));
}).listen(%)`;

/** A part of the contract suite: how jobs are reached, what they see, and what is told of both. */
export function describeSeparation({ driver, cwd, newJob, ended }: SuiteGround): void {
  const start = async (job: LaunchRequest): Promise<number> => {
    await driver().resource.start(job);
    return job.jobId;
  };
  const node = (listens: LaunchRequest["listens"], place: string): LaunchRequest =>
    newJob("", { command: [process.execPath, "-e", ECHO.replace("%", place)], web: "program", listens });
  const ready = async (jobId: number): Promise<void> => {
    for (const until = Date.now() + 8000; ; await sleep(20)) {
      const seen = await driver().resource.observe(jobId);
      if (seen.state === "running" && seen.ready) return;
      if (Date.now() > until || seen.state === "ended") throw new Error(`not ready: ${JSON.stringify(seen)}`);
    }
  };
  const ask = (jobId: number, body: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const place = driver().resource.connect(jobId, "program");
      if (place === null) throw new Error("it has no place");
      request({ ...place, method: "POST", path: "/some?thing", agent: false }, async (res) => {
        let text = "";
        for await (const part of res) text += String(part);
        resolve(text);
      })
        .on("error", reject)
        .end(body);
    });
  const output = async (jobId: number): Promise<string> => {
    await ended(jobId);
    return (await driver().resource.output(jobId, 0, 20_000)).bytes.toString();
  };

  it("reaches a program on its socket", async () => {
    const jobId = await start(node("socket", "process.env.STOA_SESSION_SOCKET"));
    await ready(jobId);
    expect(await ask(jobId, "hello")).toBe("POST /some?thing hello");
  });

  it("reaches a program on a port that nobody else reaches, or refuses it with the reason", async () => {
    const job = node("port", 'process.env.STOA_SESSION_PORT, "127.0.0.1"');
    const { ports, noPorts } = driver().resource.capabilities;
    expect(ports).toBe(noPorts === null);
    if (!ports) {
      await expect(driver().resource.start(job)).rejects.toMatchObject({
        name: ResourceError.name,
        fault: "invalid",
        message: expect.stringContaining(noPorts ?? ""),
      });
      return;
    }
    const [one, other] = [await start(job), await start(node("port", 'process.env.STOA_SESSION_PORT, "127.0.0.1"'))];
    await Promise.all([ready(one), ready(other)]);
    const big = "x".repeat(300_000);
    expect(await Promise.all([ask(one, "first"), ask(other, big)])).toEqual([
      "POST /some?thing first",
      `POST /some?thing ${big}`,
    ]);
    const peek = newJob(
      "for p in 3000 8000 8888; do (exec 3<>/dev/tcp/127.0.0.1/$p) 2>/dev/null && echo reached; done",
      {},
    );
    expect(await output(await start({ ...peek, command: ["/bin/bash", ...peek.command.slice(1)] }))).not.toContain(
      "reached",
    );
  });

  it("shows a job with a port nothing that listens on the machine", async () => {
    if (!driver().resource.capabilities.ports) return;
    const server = createServer((_req, res) => res.end()).listen(0, "127.0.0.1");
    const abstract = createTcpServer().listen(`\0stoa-suite-${process.pid}`);
    await new Promise((done) => server.once("listening", done));
    const { port } = server.address() as AddressInfo;
    const script = `for (const to of [{ port: ${port}, host: "127.0.0.1" }, { path: "\\0stoa-suite-${process.pid}" }, { port: 80, host: "169.254.169.254", timeout: 3000 }])
      require("net").connect(to).on("connect", () => console.log("reached", to)).on("error", (e) => console.log("no", e.code)).on("timeout", function () { console.log("no"); this.destroy(); })`;
    const jobId = await start(newJob("", { command: [process.execPath, "-e", script], listens: "port" }));
    const text = await output(jobId);
    server.close();
    abstract.close();
    expect(text).not.toContain("reached");
    expect(text.match(/^no/gm)?.length).toBe(3);
  });

  it("shows an enclosed job what it may write to, and nothing that is hidden", async () => {
    const { expected, hidden } = driver();
    if (!expected?.isolation.endsWith("sandbox") || hidden === undefined) return;
    const other = mkdtempSync(join(tmpdir(), "stoa-writable-"));
    try {
      await driver().lend?.(other);
      mkdirSync(join(hidden, "of-others"), { recursive: true, mode: 0o755 });
      writeFileSync(join(hidden, "of-others", "file"), "not for you", { mode: 0o644 });
      const script = `cat ${hidden}/of-others/file; ls -A ${hidden}; echo mine > own; echo mine > ${other}/own; echo no > /etc/stoa-test; ls /proc | grep -c '^[0-9]'; env`;
      const text = await output(await start(newJob(script, { writable: [other] })));
      expect(text).not.toContain("not for you");
      expect(text).not.toMatch(/^of-others$/m);
      expect(text).toContain("/etc/stoa-test: Read-only file system");
      expect([readFileSync(join(cwd(), "own"), "utf8"), readFileSync(join(other, "own"), "utf8")]).toEqual([
        "mine\n",
        "mine\n",
      ]);
      expect(Number(/^\d+$/m.exec(text)?.[0])).toBeLessThan(10);
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  it("gives each person a home of their own, where it keeps people apart", async () => {
    const { resource } = driver();
    const [mine, others] = [await resource.accountOf(1), await resource.accountOf(2)];
    if (!resource.capabilities.keptApart) {
      expect([mine, others]).toEqual([null, null]);
      return;
    }
    expect(mine?.home).not.toBe(others?.home);
    expect(statSync(mine?.home ?? "").mode & 0o7777).toBe(0o700);
    expect(await resource.accountOf(1)).toEqual(mine);
  });

  it("finds the program of a name that an enclosed job can see", async () => {
    const { expected, hidden } = driver();
    if (!expected?.isolation.endsWith("sandbox") || hidden === undefined) return;
    mkdirSync(join(hidden, "bin"), { recursive: true, mode: 0o755 });
    writeFileSync(join(hidden, "bin", "echo"), "#!/bin/sh\nexit 9\n", { mode: 0o755 });
    const command = ["echo", "seen"] as const;
    const env = { PATH: `${hidden}/bin:/usr/bin:/bin` };
    expect(await output(await start(newJob("", { command, env })))).toBe("seen\n");
  });

  it("tells by what means a job is kept apart and held", async () => {
    const { expected } = driver();
    if (expected === undefined) return;
    const jobId = await start(newJob("sleep 30"));
    for (const until = Date.now() + 8000; ; await sleep(20)) {
      const seen = await driver().resource.observe(jobId);
      if (seen.state === "running" && seen.means !== null) {
        expect(seen.means).toMatchObject(expected);
        return;
      }
      expect(Date.now()).toBeLessThan(until);
    }
  });
}
