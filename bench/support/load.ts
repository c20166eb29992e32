import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { promisify } from "node:util";

export interface LoadResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly non2xx: number;
  readonly errors: number;
  readonly p50Ms: number;
}

interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * HTTP load from a process of its own, bounded in connections and seconds: wrk where it is installed (it leaves
 * the second core to the upstream), else autocannon.
 */
export function load(options: LoadOptions): Promise<LoadResult> {
  return existsSync("/usr/bin/wrk") ? loadByWrk(options) : loadByAutocannon(options);
}

async function loadByWrk({ url, connections, seconds, headers = {} }: LoadOptions): Promise<LoadResult> {
  const flags = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "--latency", ...flags, url];
  const { stdout } = await promisify(execFile)("/usr/bin/wrk", args);
  const figure = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1] ?? 0);
  const p50 = /50%\s+([\d.]+)(us|ms|s)/.exec(stdout);
  const unit = { us: 0.001, ms: 1, s: 1000 }[p50?.[2] ?? "ms"] ?? 1;
  return {
    requests: figure(/(\d+) requests in/),
    requestsPerSecond: figure(/Requests\/sec:\s+([\d.]+)/),
    non2xx: figure(/Non-2xx or 3xx responses: (\d+)/),
    errors: ["connect", "read", "write", "timeout"].reduce(
      (sum, kind) => sum + figure(new RegExp(`${kind} (\\d+)`)),
      0,
    ),
    p50Ms: Number(p50?.[1] ?? 0) * unit,
  };
}

async function loadByAutocannon(options: LoadOptions): Promise<LoadResult> {
  const bin = createRequire(import.meta.url).resolve("autocannon/autocannon.js");
  const headers = Object.entries(options.headers ?? {}).flatMap(([name, value]) => ["-H", `${name}=${value}`]);
  const args = [
    bin,
    "-j",
    "-n",
    "-c",
    String(options.connections),
    "-d",
    String(options.seconds),
    ...headers,
    options.url,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 16 * 1024 * 1024 });
  const json = JSON.parse(stdout) as {
    requests: { total: number; average: number };
    latency: { p50: number };
    non2xx: number;
    errors: number;
  };
  return {
    requests: json.requests.total,
    requestsPerSecond: json.requests.average,
    non2xx: json.non2xx,
    errors: json.errors,
    p50Ms: json.latency.p50,
  };
}
