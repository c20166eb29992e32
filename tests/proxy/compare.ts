/**
 * The cases against ours, nginx and configurable-http-proxy, side by side: `node tests/proxy/compare.ts` prints the
 * table of docs/proxy-cases.md; `--write` writes it there.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { groups } from "./cases.ts";
import { createUpstream } from "./peer.ts";
import { hasNginx, type RunningProxy, startChp, startNginx, startOurs } from "./proxies.ts";
import { runCase } from "./trial.ts";

const DOCUMENT = join(import.meta.dirname, "../../docs/proxy-cases.md");
const MARK = "<!-- Written by tests/proxy/compare.ts: don't edit below. -->";

const upstream = await createUpstream();
const proxies: RunningProxy[] = [];
try {
  proxies.push(await startOurs(upstream.port));
  if (hasNginx()) proxies.push(await startNginx(upstream.port));
  else process.stderr.write("nginx is not installed: left out.\n");
  proxies.push(await startChp(upstream.port));
  const { lines, right, count } = await table();
  const summary = proxies.map(({ name }, at) => `${name} ${right[at]} of ${count}`).join(", ");
  const text = `${MARK}\n\n${versions()}\n\nRight: ${summary}.\n${lines.join("\n")}\n`;
  if (process.argv.includes("--write")) {
    const [before = ""] = readFileSync(DOCUMENT, "utf8").split(MARK);
    writeFileSync(DOCUMENT, before + text);
  } else process.stdout.write(text);
} finally {
  await upstream.clear();
  upstream.close();
  await Promise.all(proxies.map((proxy) => proxy.stop()));
}

async function table() {
  const right = proxies.map(() => 0);
  let count = 0;
  const lines: string[] = [];
  for (const { name, cases } of groups) {
    lines.push("", `## ${name}`, "", `| case | right is | by | ${proxies.map((proxy) => proxy.name).join(" | ")} |`);
    lines.push(`|---|---|---|${"---|".repeat(proxies.length)}`);
    for (const one of cases) {
      count += 1;
      const results: string[] = [];
      for (const [at, proxy] of proxies.entries()) {
        const wrong = await runCase(one, proxy, upstream);
        if (wrong === null) right[at] = (right[at] ?? 0) + 1;
        results.push(wrong === null ? "yes" : `**no**: ${wrong}`);
      }
      lines.push(`| ${[`\`${one.id}\``, one.right, one.by, ...results].map(cell).join(" | ")} |`);
    }
  }
  return { lines, right, count };
}

function versions(): string {
  const { version } = createRequire(import.meta.url)("configurable-http-proxy/package.json") as { version: string };
  const nginx = hasNginx() ? execFileSync("/bin/sh", ["-c", "/usr/sbin/nginx -v 2>&1"], { encoding: "utf8" }) : "";
  const date = new Date().toISOString().slice(0, 10);
  return `${date}: node ${process.version}, ${nginx.trim().replace("nginx version: ", "") || "no nginx"}, configurable-http-proxy ${version}.`;
}

function cell(text: string): string {
  return text.replace(/[|]/g, "\\|").replace(/\p{Cc}/gu, "·");
}
