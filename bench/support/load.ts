import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { promisify } from "node:util";

export interface LoadResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly non2xx: number;
  readonly errors: number;
  readonly p50Ms: number;
}

/** HTTP load from a process of its own (autocannon), bounded in connections and seconds. */
export async function load(options: {
  url: string;
  connections: number;
  seconds: number;
  headers?: Readonly<Record<string, string>>;
}): Promise<LoadResult> {
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
