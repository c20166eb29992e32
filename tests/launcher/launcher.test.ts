import type { ChildProcess } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FixtureCheckout } from "./fixture-checkout.ts";

let checkout: FixtureCheckout;
beforeEach(() => {
  checkout = new FixtureCheckout('console.log("served", ...process.argv.slice(2));');
});
afterEach(() => checkout.remove());

async function said({ stdout, stderr }: ChildProcess, text: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let all = "";
  const listen = (chunk: Buffer): void => {
    all += chunk;
    if (all.includes(text)) resolve();
  };
  stdout?.on("data", listen);
  stderr?.on("data", listen);
  await promise;
  stdout?.off("data", listen);
  stderr?.off("data", listen);
}

describe("installing", () => {
  it("installs once, then only when the lock file changed", async () => {
    const first = await checkout.run("start", "x y");
    expect(first).toMatchObject({ code: 0, output: expect.stringContaining("served x y") });
    expect(first.output).toMatch(/Installing .*Installed in \d+ s\./s);
    expect(checkout.calls()).toEqual([expect.stringMatching(/^ci .*--ignore-scripts/s)]);
    await checkout.run("start");
    expect(checkout.calls()).toHaveLength(1);
    checkout.write("package-lock.json", '{"packages":{"":{},"node_modules/a":{"version":"2.0.0"}}}');
    await checkout.run("start");
    expect(checkout.calls()).toHaveLength(2);
  });

  it("installs once for two that start together", async () => {
    checkout.write("npm-holds", "");
    const both = [checkout.start("start"), checkout.start("start")];
    await expect.poll(() => both.some((one) => one.output().includes("waiting for it"))).toBe(true);
    rmSync(join(checkout.root, "npm-holds"));
    expect((await Promise.all(both.map((one) => one.ended))).map((one) => one.code)).toEqual([0, 0]);
    expect(checkout.calls()).toHaveLength(1);
  });

  it("leaves no mark when it failed, says why, and tries again", async () => {
    checkout.write("npm-fails", "npm error ENOTFOUND registry");
    const failed = await checkout.run("start");
    expect(failed.code).toBe(1);
    expect(failed.output).toMatch(/npm ci ended with 7.*registry was not reached/s);
    expect(failed.output).not.toContain("served");
    expect(checkout.mark()).toBe("");
    rmSync(join(checkout.root, "npm-fails"));
    expect((await checkout.run("start")).output).toContain("served");
  });

  it("goes on after an installer that was killed", async () => {
    checkout.write("npm-holds", "");
    const { child } = checkout.start("start");
    await expect.poll(() => checkout.calls()).toHaveLength(1);
    child.kill("SIGKILL");
    // The npm that it left behind is still at work: no second one beside it.
    const next = checkout.start("start");
    await expect.poll(next.output).toContain("waiting for it");
    rmSync(join(checkout.root, "npm-holds"));
    expect((await next.ended).output).toContain("served");
    expect(checkout.calls()).toHaveLength(1);
  });

  it("takes what somebody installed by hand, when it is what the lock file says", async () => {
    checkout.installByHand({ "node_modules/a": { version: "1.0.0" } });
    expect((await checkout.run("start")).output).toContain("served");
    expect(checkout.calls()).toEqual([]);
  });

  it("does not take another version", async () => {
    checkout.installByHand({ "node_modules/a": { version: "1.0.1" } });
    await checkout.run("start");
    expect(checkout.calls()).toHaveLength(1);
  });
});

describe("running", () => {
  it("puts its own Node before the path, and the system's programs behind it", async () => {
    checkout.write("packages/server/src/main.ts", "console.log(process.env.PATH);");
    const parts = (await checkout.run("start")).output.trim().split("\n").at(-1)?.split(":") ?? [];
    expect(parts[0]).toBe(join(checkout.root, "node_modules/.bin"));
    expect(parts.slice(1)).toContain("/usr/bin");
    expect(new Set(parts).size).toBe(parts.length);
  });

  it("passes exit codes on", async () => {
    checkout.write("packages/server/src/main.ts", "process.exit(78);");
    expect((await checkout.run("start")).code).toBe(78);
  });

  it("passes a signal on, and ends as the server ended", async () => {
    const drain = 'process.on("SIGTERM", () => { console.log("drained"); process.exit(3); });';
    checkout.write("packages/server/src/main.ts", `${drain} console.log("up"); setInterval(() => {}, 1000);`);
    const { child, ended } = checkout.start("start");
    await said(child, "up");
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ code: 3, output: expect.stringContaining("drained") });
  });

  it("stops the server when npm was killed above it", async () => {
    const drain = 'process.on("SIGTERM", () => { console.log("drained"); process.exit(0); });';
    checkout.write("packages/server/src/main.ts", `${drain} console.log("up"); setInterval(() => {}, 1000);`);
    const { child, ended } = checkout.startBelowShell("start");
    await said(child, "up");
    child.kill("SIGKILL");
    expect((await ended).output).toContain("drained");
  });

  it("ends by the signal that killed the server", async () => {
    checkout.write("packages/server/src/main.ts", 'process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000);');
    const { code, output } = await checkout.run("start");
    expect([code, output]).toEqual([null, expect.stringContaining("[SIGKILL]")]);
  });

  it("names the commands there are", async () => {
    const { code, output } = await checkout.run("strat");
    expect(code).toBe(1);
    expect(output).toMatch(/no command "strat".*start, dev, test/s);
    expect(checkout.calls()).toEqual([]);
  });
});

describe("npm run dev", () => {
  it("stops the server in order and starts it anew when its code changes", async () => {
    const server = (
      words: string,
    ) => `process.on("SIGTERM", () => setTimeout(() => { console.log("drained"); process.exit(0); }, 100));
      console.log(${JSON.stringify(words)}); setInterval(() => {}, 1000);`;
    checkout.write("packages/server/src/main.ts", server("one up"));
    const { child, ended } = checkout.start("dev");
    await said(child, "one up");
    checkout.write("packages/server/src/a.test.ts", "tests change nothing");
    checkout.write("packages/server/src/main.ts", server("two up"));
    await said(child, "two up");
    checkout.write("packages/server/src/main.ts", "process.exit(1);");
    await said(child, "waiting for a change");
    checkout.write("packages/server/src/main.ts", server("three up"));
    await said(child, "three up");
    child.kill("SIGTERM");
    const { code, output } = await ended;
    expect(code).toBe(0);
    expect(output).toMatch(/one up.*drained.*two up.*drained.*ended with 1.*three up.*drained/s);
  });
});

describe("the portal", () => {
  /** In Vite's place: leaves what it was told to build. */
  const vite = `import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
    const out = process.argv[process.argv.indexOf("--outDir") + 1];
    mkdirSync(out, { recursive: true });
    appendFileSync(${JSON.stringify("builds")}, "x");
    writeFileSync(out + "/index.html", "built");`;

  const builds = () => checkout.run("start").then(({ code }) => code);

  beforeEach(() => {
    checkout.installByHand({ "node_modules/a": { version: "1.0.0" }, "node_modules/vite/bin": { version: "1.0.0" } });
    checkout.write("node_modules/vite/bin/vite.js", vite);
    mkdirSync(join(checkout.root, "packages/web/src"), { recursive: true });
    checkout.write("packages/web/index.html", "<html></html>");
    checkout.write("packages/web/src/a.ts", "1");
  });

  it("is built once, and again when a source changed, came or went", async () => {
    const count = async () => ((await builds()) === 0 ? checkout.read("builds").length : -1);
    expect([await count(), await count()]).toEqual([1, 1]);
    checkout.write("packages/web/src/a.ts", "2");
    expect(await count()).toBe(2);
    checkout.write("packages/web/src/b.ts", "1");
    expect(await count()).toBe(3);
    rmSync(join(checkout.root, "packages/web/src/b.ts"));
    expect(await count()).toBe(4);
    checkout.write("packages/web/src/a.test.ts", "tests are no part of it");
    expect(await count()).toBe(4);
    expect(checkout.read("packages/web/dist/index.html")).toBe("built");
  });

  it("keeps the old one when the build fails, and does not start", async () => {
    await builds();
    checkout.write("packages/web/src/a.ts", "broken");
    checkout.write("node_modules/vite/bin/vite.js", 'console.error("a.ts is broken"); process.exit(1);');
    const { code, output } = await checkout.run("start");
    expect([code, output]).toEqual([1, expect.stringMatching(/a\.ts is broken.*could not be built/s)]);
    expect(checkout.read("packages/web/dist/index.html")).toBe("built");
  });
});
