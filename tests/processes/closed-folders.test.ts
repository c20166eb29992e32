import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { attachTerminal } from "../chaos/terminal-client.ts";
import { signIn } from "../support/portal-client.ts";
import { discard, newDataDir, type StoaProcess, startStoa } from "../support/stoa-process.ts";
import { PASSWORD, type Person, register, shellAs, uidOf } from "./person.ts";

let stoa: StoaProcess;
afterEach(() => discard(stoa), 60_000);

async function makeWorkspace({ client }: Person): Promise<number> {
  const files = [{ name: "a.txt", content: "hello" }];
  const made = await client.call("POST", "/workspaces/", { name: "w", description: "", workspace_details: { files } });
  return made.json.data.workspace.id;
}

async function statusOf({ client }: Person, job: number): Promise<string> {
  return (await client.call("GET", `/jobs/${job}/`)).json.data.jobs[0].status;
}

async function ended(person: Person, job: number): Promise<string> {
  for (let tries = 0; tries < 300; tries += 1) {
    const status = await statusOf(person, job);
    if (!["running", "stopping"].includes(status)) return status;
    await sleep(100);
  }
  throw new Error(`session ${job} does not end:\n${stoa.output().slice(-2000)}`);
}

async function gone(pid: number): Promise<void> {
  for (let tries = 0; existsSync(`/proc/${pid}`); tries += 1) {
    if (tries > 300) throw new Error(`process ${pid} goes on:\n${stoa.output().slice(-2000)}`);
    await sleep(100);
  }
}

/** Only root has a broker; CI runs as root. */
describe.runIf(process.getuid?.() === 0)(
  "sessions' folders that the server can't look into",
  { timeout: 120_000 },
  () => {
    it("of an earlier server without a broker: it starts, has what has ended, and leaves what runs", async () => {
      const dataDir = newDataDir();
      // What a server was before there was a broker; and what one is that has none.
      stoa = await startStoa({ dataDir, env: { STOA_BROKER: "off" } });
      const ann = await register(stoa, "ann");
      const workspace = await makeWorkspace(ann);
      const [over, running] = [await shellAs(ann, workspace, dataDir), await shellAs(ann, workspace, dataDir)];
      expect(uidOf(running.host)).toBe(0);
      await ann.client.call("PUT", `/jobs/${over.job}/stop/`);
      expect(await ended(ann, over.job)).toBe("complete");
      // Its host would stay for a moment, for those who come late.
      process.kill(over.host, "SIGKILL");
      await gone(over.host);
      await stoa.stop();

      stoa = await startStoa({ dataDir });
      const back = { ...ann, client: await signIn(stoa.url, "ann", PASSWORD) };
      const file = await back.client.call("GET", `/api/stoa/v1/workspaces/${workspace}/files/content?path=a.txt`);
      expect(file.text).toBe("hello");
      expect(statSync(join(dataDir, "workspaces", String(ann.id), String(workspace), "a.txt")).uid).toBeGreaterThan(0);
      const owners = [over, running].map(({ job }) => statSync(join(dataDir, "run/sessions", String(job))).uid);
      expect(owners).toEqual([uidOf(stoa.serverPid()), 0]);
      expect(await statusOf(back, over.job)).toBe("complete");
      expect(await statusOf(back, running.job)).toBe("running");
      expect(existsSync(`/proc/${running.child}`)).toBe(true);
      expect(stoa.output()).toContain("sessions of an earlier server still run as its account");
      const fresh = await shellAs(back, workspace, dataDir);
      expect(uidOf(fresh.child)).toBeGreaterThan(0);

      process.kill(running.host, "SIGTERM");
      await gone(running.host);
      await stoa.stop();
      stoa = await startStoa({ dataDir });
      expect(await ended({ ...ann, client: await signIn(stoa.url, "ann", PASSWORD) }, running.job)).not.toBe("running");
    });

    it("of a person who has closed it: the server starts all the same, and ends the session", async () => {
      const dataDir = newDataDir();
      stoa = await startStoa({ dataDir });
      const ann = await register(stoa, "ann");
      const workspace = await makeWorkspace(ann);
      const { job, host, child } = await shellAs(ann, workspace, dataDir);
      const terminal = await attachTerminal(ann.client, job);
      const folder = join(dataDir, "run/sessions", String(job));
      terminal.type(`chmod 700 ${folder} && chgrp $(id -g) ${folder} && chmod 0 ${folder}; echo closed-$?.\n`);
      await terminal.see(/closed-0\./);
      terminal.close();
      await stoa.stop();
      stoa = await startStoa({ dataDir });
      const back = { ...ann, client: await signIn(stoa.url, "ann", PASSWORD) };
      const stopped = await back.client.call("PUT", `/jobs/${job}/stop/`);
      // Its host is closed out as well, and may have ended it by itself.
      expect([200, 400], stopped.text).toContain(stopped.status);
      expect(["complete", "failed"]).toContain(await ended(back, job));
      await gone(host);
      await gone(child);
    });
  },
);
