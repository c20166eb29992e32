/** `npm run bench [name …]`: runs the benchmarks one after another and rewrites `bench/RESULTS.md`. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import type { Report } from "./support/report.ts";

const ALL = [
  "passthrough",
  "workspaces-list",
  "operations",
  "terminal-start",
  "sessions-idle",
  "jupyter-start",
  "files-scan",
  "files-transfer",
  "storage",
  "activity",
  "hub",
  "portal",
  "start",
];
const chosen = process.argv.slice(2);
const file = join(import.meta.dirname, "RESULTS.md");
const sections = new Map(readSections());

for (const name of chosen.length > 0 ? chosen : ALL) {
  if (!ALL.includes(name)) throw new Error(`There is no benchmark ${name}: ${ALL.join(", ")}`);
  const output = execFileSync(process.execPath, [join(import.meta.dirname, `${name}.ts`)], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 64 * 1024 * 1024,
  });
  const report = JSON.parse(output.trim().split("\n").at(-1) as string) as Report;
  sections.set(name, section(report));
  process.stdout.write(`${sections.get(name)}\n`);
}
const head =
  "# Results\n\nMedians of five, everything on one machine in one run beside the named peer (`npm run bench`). " +
  "Ratios and CPU per request carry over to other machines, absolute times don't.\n";
const misses = readFileSync(join(import.meta.dirname, "misses.md"), "utf8");
writeFileSync(file, `${head}\n${misses}\n${ALL.flatMap((name) => sections.get(name) ?? []).join("\n")}`);

function section({ name, rows }: Report): string {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const when = new Date().toISOString().slice(0, 10);
  const lines = rows.map(
    (row) =>
      `| ${row.what} | ${row.value} ${row.unit} | ${row.bound} | ${row.met ? "met" : "**missed**"} | ${row.note ?? ""} |`,
  );
  return [
    `## ${name}\n`,
    `${when}, commit ${commit}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown CPU"}, Node ${process.version}\n`,
    "| what | measured | bound | | note |\n|---|---|---|---|---|",
    ...lines,
    "",
  ].join("\n");
}

/** What earlier runs wrote, by the benchmark's file name. */
function readSections(): [string, string][] {
  const titles: Record<string, string> = {
    Passthrough: "passthrough",
    "Workspaces list": "workspaces-list",
    Operations: "operations",
    "Terminal start": "terminal-start",
    Sessions: "sessions-idle",
    "Jupyter start": "jupyter-start",
    "Files scan": "files-scan",
    "Files transfer": "files-transfer",
    Storage: "storage",
    Activity: "activity",
    JupyterHub: "hub",
    Portal: "portal",
    Start: "start",
  };
  let text = "";
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  return text
    .split(/^(?=## )/m)
    .slice(1)
    .flatMap((part) => {
      const name = titles[part.slice(3, part.indexOf("\n"))];
      return name === undefined ? [] : [[name, part.trimEnd().concat("\n")] as [string, string]];
    });
}
