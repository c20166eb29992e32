import { readFileSync } from "node:fs";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
const S = "/work/main/tests/support/";
const { startStoa, discard, ADMIN_PASSWORD } = await import(S + "stoa-process.ts");
const { signIn, accessToken } = await import(S + "portal-client.ts");
let stoa = await startStoa({ env: { STOA_UPLOAD_LIMIT: String(5e9), STOA_LOG_LEVEL: "info" } });
try {
  const client = await signIn(stoa.url, "admin", ADMIN_PASSWORD);
  const made = await client.call("POST", "/workspaces/", { name: "e2e", description: "", workspace_details: { files: [{ name: "a", content: "1" }] } }, { "Idempotency-Key": "k" });
  console.log(made.status, made.text.slice(0, 200));
  const id = made.json.data.workspace.id;
  const token = await accessToken(stoa.url, "admin", ADMIN_PASSWORD);
  const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${stoa.pid}/status`, "utf8"))![1]) >> 10;
  const cpu = () => { const f = readFileSync(`/proc/${stoa.pid}/stat`, "utf8").split(") ")[1]!.split(" "); return (Number(f[11]) + Number(f[12])) * 10; };
  let peak = 0; const t = setInterval(() => { peak = Math.max(peak, rss()); }, 50);
  const before = rss(); const c0 = cpu(); const t0 = performance.now();
  const size = 1 << 30; const chunk = Buffer.alloc(1 << 20, 1);
  const url = new URL(stoa.url);
  const status = await new Promise<string>((resolve, reject) => {
    const req = request({ host: url.hostname, port: url.port, method: "PUT", path: `/api/stoa/v1/workspaces/${id}/files/content?path=big`, headers: { authorization: `Bearer ${token}`, "content-length": size, host: url.host } }, (res) => { let s = ""; res.on("data", (d) => s += d); res.on("end", () => resolve(res.statusCode + s)); });
    req.on("error", reject);
    let sent = 0; const go = () => { while (sent < size) { sent += chunk.length; if (!req.write(chunk)) { req.once("drain", go); return; } } req.end(); }; go();
  });
  clearInterval(t);
  console.log(status.slice(0,160), "MB before", before, "peak", peak, "ms", Math.round(performance.now() - t0), "cpu ms", cpu() - c0);
  console.log((await client.call("DELETE", `/workspaces/${id}/`)).text);
  for (let i = 0; i < 50; i++) { const l = await client.call("GET", "/api/stoa/v1/trash"); if (l.json.items.length) { console.log(l.text); break; } await sleep(50); }
  const entry = (await client.call("GET", "/api/stoa/v1/trash")).json.items[0];
  console.log((await client.call("POST", `/api/stoa/v1/trash/${entry.id}/restore`)).text);
  console.log((await client.call("GET", `/api/stoa/v1/workspaces/${id}/files`)).text);
  await sleep(1500);
  console.log((await client.call("GET", `/workspaces/${id}/`)).text);
  console.log((await client.call("GET", `/api/stoa/v1/operations`)).text.slice(0, 800));
  console.log((await client.call("GET", `/api/stoa/v1/audit?subject_kind=workspace`)).text.slice(0, 1500));
} finally { console.log(stoa.output().split("\n").filter((l: string) => /"level":[456]0/.test(l)).slice(0,5).join("\n")); await discard(stoa); }
