import { execFileSync } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { JobFile } from "../job-file.ts";
import { readOutputLog } from "../output-log.ts";
import { identify } from "../process-identity.ts";
import { endHosts, eventually, startHost } from "../test-host.ts";

const BUBBLEWRAP = "/usr/bin/bwrap";
/** CI installs it and demands it. */
const isThere = existsSync(BUBBLEWRAP) || process.env.STOA_PEERS === "required";

const made: string[] = [];
afterEach(async () => {
  await endHosts();
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "stoa-enclosure-"));
  made.push(folder);
  return folder;
}

/** Where enclosures show what lies there, and we may write. */
function seenFolder(): string {
  const mayBe = [userInfo().homedir, process.cwd()].find((one) => !one.startsWith("/tmp") && isWritable(one));
  return mayBe ?? process.cwd();
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function enclosure(changes: Partial<NonNullable<JobFile["enclosure"]>> = {}): NonNullable<JobFile["enclosure"]> {
  return { bubblewrap: BUBBLEWRAP, writable: [], hidden: ["/root", "/home"], network: "shared", ...changes };
}

/** What a script prints in there. */
async function said(script: string, changes: Parameters<typeof enclosure>[0] = {}): Promise<string> {
  const host = await startHost({ command: ["/bin/sh", "-c", script], kind: "plain", enclosure: enclosure(changes) });
  await host.exit();
  return readOutputLog(host.folder, 0, 20_000).bytes.toString();
}

describe.runIf(isThere)("an enclosure", () => {
  it("shows a read-only machine with processes, devices and temporary folders of its own", async () => {
    const theirs = join("/tmp", `stoa-of-others-${process.pid}`);
    writeFileSync(theirs, "secret");
    made.push(theirs);
    const text = await said(
      `ls -d /proc/[0-9]* | wc -l; ls ${theirs}; touch /etc/mine; touch /usr/mine; touch /tmp/mine && echo own tmp; ls /run; touch here && echo own folder`,
    );
    expect(Number(text.split("\n")[0])).toBeLessThan(6);
    expect(text).toContain(`cannot access '${theirs}'`);
    expect(text).toContain("'/etc/mine': Read-only file system");
    expect(text).toContain("'/usr/mine': Read-only file system");
    expect(text).toContain("own tmp");
    expect(text).toContain("own folder");
    expect(text).not.toMatch(/dbus|docker|systemd|user$/m);
    expect(existsSync("/tmp/mine")).toBe(false);
  });

  it("hides what is to be hidden, files too, but for what of it is writable", async () => {
    const data = newFolder();
    const inside = (name: string): string => join(data, name);
    execFileSync("mkdir", ["-p", inside("keys"), inside("workspaces/1/2"), inside("workspaces/9/9")]);
    writeFileSync(inside("keys/key"), "topsecret");
    const file = join(newFolder(), "config.yaml");
    writeFileSync(file, "password: topsecret");
    const text = await said(
      `ls -R ${data}; cat ${inside("keys/key")} ${file}; echo written > ${inside("workspaces/1/2/out")}; touch ${inside("more")}`,
      { hidden: [data, file], writable: [inside("workspaces/1/2")] },
    );
    expect(text).not.toContain("topsecret");
    expect(text).not.toMatch(/^(9|keys)$/m);
    expect(text).toContain(`'${inside("more")}': Read-only file system`);
    expect(readFileSync(inside("workspaces/1/2/out"), "utf8")).toBe("written\n");
  });

  it("shows a folder that lies in its owner's storage where the server's link is, and nothing beside it", async () => {
    const [data, base] = [newFolder(), newFolder()];
    execFileSync("mkdir", ["-p", join(data, "workspaces"), join(base, "ada/workspaces/5"), join(base, "bob/secret")]);
    symlinkSync(join(base, "ada/workspaces"), join(data, "workspaces/1"));
    const cwd = join(data, "workspaces/1/5");
    const text = await said(
      `cd ${cwd} && pwd -P && echo written > out; ls -A ${base} ${data}/workspaces; touch ${base}/x`,
      {
        hidden: [data, base],
        writable: [cwd],
      },
    );
    expect(text).toContain(cwd);
    expect(text).not.toMatch(/^(ada|bob|secret)$/m);
    expect(text).toContain("Read-only file system");
    expect(readFileSync(join(base, "ada/workspaces/5/out"), "utf8")).toBe("written\n");
  });

  it("follows the server's link in a hidden folder, and none that its owner has put behind it", async () => {
    const [data, base] = [newFolder(), newFolder()];
    execFileSync("mkdir", ["-p", join(data, "workspaces"), join(base, "ada"), join(base, "bob/workspaces/5")]);
    symlinkSync(join(base, "ada/workspaces"), join(data, "workspaces/1"));
    symlinkSync(join(base, "bob/workspaces"), join(base, "ada/workspaces"));
    writeFileSync(join(base, "bob/workspaces/5/key"), "topsecret");
    const cwd = join(data, "workspaces/1/5");
    const text = await said(`cat ${cwd}/key; cat ${base}/bob/workspaces/5/key`, {
      hidden: [data, base],
      writable: [cwd],
    });
    expect(text).not.toContain("topsecret");
  });

  it("hides files also once others are in their place, and shows all else that is beside them", async () => {
    const folder = mkdtempSync(join(seenFolder(), ".stoa-enclosure-"));
    made.push(folder);
    const at = (name: string): string => join(folder, name);
    for (const [name, text] of Object.entries({ config: "topsecret", other: "beside ", "sub/deep": "below " })) {
      mkdirSync(dirname(at(name)), { recursive: true });
      writeFileSync(at(name), text);
    }
    symlinkSync("other", at("link"));
    const wait = "echo begun; while [ ! -e sub/go ]; do sleep 0.05; done";
    const host = await startHost({
      command: ["/bin/sh", "-c", `cd ${folder}; cat other link sub/deep; ${wait}; cat config later; touch mine`],
      kind: "plain",
      enclosure: enclosure({ hidden: [at("config"), at("later")] }),
    });
    const text = (): string => readOutputLog(host.folder, 0, 20_000).bytes.toString();
    await eventually(() => text().includes("begun"));
    for (const name of ["config", "later"]) {
      writeFileSync(at("draft"), "topsecret");
      renameSync(at("draft"), at(name));
    }
    writeFileSync(at("sub/go"), "");
    await host.exit();
    expect(text()).toMatch(/^beside beside below begun$/m);
    expect(text()).not.toContain("topsecret");
    expect(text()).toContain("'mine': Read-only file system");
  });

  it("bounds what its temporary folders take of the machine's memory", async () => {
    const fill = (file: string): string => `head -c 3000000 /dev/zero > ${file}; stat -c %s ${file}`;
    const text = await said(`${fill("/tmp/big")}; ${fill("/dev/shm/big")}`, { temporaryBytes: 2 ** 20 });
    expect(text.match(/No space left/g)?.length).toBe(2);
    expect(text.match(/^1048576$/gm)?.length).toBe(2);
  });

  it("leaves no capability, and none to be gained that counts outside", async () => {
    const text = await said(
      "grep CapEff /proc/self/status; grep NoNewPrivs /proc/self/status; mount -t tmpfs none /mnt; unshare -Urm umount /home; ls -d /home/* && echo seen",
      { hidden: ["/home"] },
    );
    expect(text).toMatch(/CapEff:\s+0{16}/);
    expect(text).toMatch(/NoNewPrivs:\s+1/);
    expect(text).toMatch(/mount: .*(permission denied|must be superuser)/);
    expect(text).not.toContain("seen");
  });

  it("shows nothing of its run folder but the place of the socket", async () => {
    const host = await startHost({
      command: ["/bin/sleep", "60"],
      kind: "plain",
      enclosure: enclosure(),
      web: "program",
    });
    const child = JSON.parse(readFileSync(join(host.folder, "child.json"), "utf8")) as {
      pid: number;
      startTime: string;
    };
    expect(identify(child.pid)?.startTime).toBe(child.startTime);
    // As the machine sees them: bubblewrap twice, and the program.
    await eventually(() => host.tree().length === 3);
    expect((await host.status()).means).toEqual({
      isolation: "sandbox",
      network: "shared",
      limits: "watching",
      ending: "pid-namespace",
    });
    await host.stop();
    expect(await host.exit()).toMatchObject({ cause: "stopped" });
    expect(host.tree()).toEqual([]);
  });

  it("lets a program tidy up when it is stopped, and ends what does not", async () => {
    const script =
      "trap '' HUP; trap 'echo tidied; exit 0' TERM; setsid sh -c 'trap \"\" TERM HUP; sleep 1000' & while :; do sleep 0.05; done";
    const host = await startHost({ command: ["/bin/sh", "-c", script], kind: "plain", enclosure: enclosure() });
    await eventually(() => host.tree().length > 3);
    await host.stop();
    await host.exit();
    expect(readOutputLog(host.folder, 0, 1000).bytes.toString()).toContain("tidied");
    expect(host.tree()).toEqual([]);
  });

  it.each(["plain", "pty"] as const)("%s, ends with its host, at once", async (kind) => {
    const host = await startHost({ command: ["/bin/sleep", "1000"], kind, enclosure: enclosure() });
    await eventually(() => host.tree().length === 3);
    host.process.kill("SIGKILL");
    await eventually(() => host.tree().length === 0, 2000);
  });

  it("has a terminal with job control, and survives Ctrl-C", async () => {
    const host = await startHost({ command: ["/bin/sh", "-i"], enclosure: enclosure() });
    const terminal = await host.attach();
    await terminal.until("ready> ");
    terminal.type("sleep 1000\n");
    await new Promise((done) => setTimeout(done, 300));
    terminal.type("\u0003");
    terminal.type("sleep 1000 & jobs; echo still-$((40 + 2))\n");
    await terminal.until("Running");
    await terminal.until("still-42");
    terminal.close();
  });

  it("passes Ctrl-C to a program that is no shell", async () => {
    const script = "trap 'echo caught it' INT; echo set; while :; do sleep 0.05; done";
    const host = await startHost({ command: ["/bin/sh", "-c", script], enclosure: enclosure() });
    const terminal = await host.attach();
    await terminal.until("set");
    terminal.type("\u0003");
    await terminal.until("caught it");
    expect((await host.status()).exit).toBeNull();
    terminal.close();
  });

  it("says so when its program lies where it can't be seen", async () => {
    const folder = newFolder();
    writeFileSync(join(folder, "tool"), "#!/bin/sh\necho hi\n", { mode: 0o755 });
    const host = await startHost({ command: [join(folder, "tool")], kind: "plain", enclosure: enclosure() });
    expect(await host.exit()).toMatchObject({
      cause: "spawn_failed",
      message: expect.stringContaining("can't see it"),
    });
  });

  it("with a closed network reaches no port of the machine, nor its abstract sockets", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    const abstract = createServer().listen(`\0stoa-abstract-${process.pid}`);
    await new Promise((done) => server.once("listening", done));
    const { port } = server.address() as { port: number };
    const script = `
      const { connect } = require("net");
      const say = (name, to) => connect(to).on("connect", () => console.log(name, "reached")).on("error", (e) => console.log(name, e.code));
      say("port", { port: ${port}, host: "127.0.0.1" });
      say("abstract", { path: "\\0stoa-abstract-${process.pid}" });
      say("metadata", { port: 80, host: "169.254.169.254" });`;
    const node = [process.execPath, "-e", script] as const;
    const host = await startHost({
      command: node,
      kind: "plain",
      enclosure: enclosure({ network: "closed", hidden: [], readable: [dirname(process.execPath)] }),
    });
    await host.exit();
    const text = readOutputLog(host.folder, 0, 5000).bytes.toString();
    expect(text).toContain("port ECONNREFUSED");
    expect(text).toContain("abstract ECONNREFUSED");
    expect(text).toContain("metadata ENETUNREACH");
    server.close();
    abstract.close();
  });
});
