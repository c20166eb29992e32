/**
 * From click to prompt: the call that starts a terminal, to the first byte that its shell prints, as it arrives at the
 * person's socket. The socket is opened as the portal does it, as soon as the start is answered.
 */
import { WebSocket } from "ws";
import { type PortalClient, signIn } from "../tests/support/portal-client.ts";
import { discard, startStoa } from "../tests/support/stoa-process.ts";
import { median } from "./support/median.ts";
import { atMost, print } from "./support/report.ts";

const ROUNDS = 5;

const stoa = await startStoa({ env: { STOA_LOG_LEVEL: "warn", SHELL: "/bin/bash" } });
try {
  const client = await signIn(stoa.url, "admin", stoa.adminPassword);
  await clickToPrompt(client); // warm
  const figures: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) figures.push(await clickToPrompt(client));
  const note = `${figures.map((figure) => Math.round(figure)).join(", ")} ms`;
  print({
    name: "Terminal start",
    rows: [atMost("from click to prompt in a terminal", Math.round(median(figures)), 1500, "ms", note)],
  });
} finally {
  await discard(stoa);
}

async function clickToPrompt(client: PortalClient): Promise<number> {
  const made = await client.call("POST", "/workspaces/", { name: "bench", description: "" });
  if (made.status !== 200) throw new Error(`workspace: ${made.text}`);
  const before = performance.now();
  const started = await client.call("PUT", `/workspaces/${made.json.data.workspace.id}/start/`, {
    job_type: "terminal",
  });
  if (started.status !== 200) throw new Error(`start: ${started.text}`);
  const jobId = started.json.data.job.id as number;
  await firstByte(client, jobId);
  const took = performance.now() - before;
  await client.call("PUT", `/jobs/${jobId}/stop/`);
  return took;
}

function firstByte(client: PortalClient, jobId: number): Promise<void> {
  const url = `${client.base.replace("http", "ws")}/api/stoa/v1/sessions/${jobId}/terminal`;
  const socket = new WebSocket(url, { headers: { Cookie: client.cookie, Origin: client.base } });
  return new Promise((resolve, reject) => {
    socket.on("message", (data: Buffer, binary) => {
      if (!binary || data.length === 0) return;
      resolve();
      socket.close();
    });
    socket.on("error", reject);
    socket.on("close", (code, reason) => reject(new Error(`the terminal was closed: ${code} ${reason}`)));
  });
}
