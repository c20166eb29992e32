import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "./load.ts";
import { ConfigError, type Problem } from "./problems.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "stoa-config-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

function problemsOf(env: Record<string, string>): readonly Problem[] {
  try {
    loadConfig(env, cwd);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.list;
    throw error;
  }
}

describe("sources", () => {
  it("starts without any configuration", () => {
    const config = loadConfig({ HOME: "/home/ada" }, cwd);
    expect(config).toMatchObject({
      host: "127.0.0.1",
      port: 8080,
      sessionDomain: "localhost",
      registration: { mode: "local", domains: [] },
      database: { url: null },
      localIsolation: "auto",
      defaultLocale: "en",
    });
  });

  it("lets the environment win over .env, and .env over the YAML file", () => {
    writeFileSync(join(cwd, "stoa.yaml"), "port: 1\ntrash:\n  retention_days: 3\nlimits: { body_bytes: 2MiB }\n");
    writeFileSync(join(cwd, ".env"), 'STOA_CONFIG=stoa.yaml\nSTOA_PORT="2"\nSTOA_TRASH_RETENTION_DAYS=4\n');
    const config = loadConfig({ STOA_PORT: "3" }, cwd);
    expect(config.port).toBe(3);
    expect(config.trash.retentionDays).toBe(4);
    expect(config.limits.bodyBytes).toBe(2 * 1024 * 1024);
  });

  it("takes lists from YAML as lists and from the environment with commas", () => {
    writeFileSync(join(cwd, "c.yaml"), "registration: { mode: domains, domains: [a.org, B.org] }\n");
    const config = loadConfig({ STOA_CONFIG: "c.yaml", STOA_CORS_ORIGINS: "https://a.org/, http://b.org:81" }, cwd);
    expect(config.registration).toEqual({ mode: "domains", domains: ["a.org", "b.org"] });
    expect(config.corsOrigins).toEqual(["https://a.org", "http://b.org:81"]);
  });

  it("takes an empty variable for one that is not set", () => {
    writeFileSync(join(cwd, ".env"), "STOA_PORT=99\n");
    expect(loadConfig({ STOA_PORT: "", API_KEY: "" }, cwd)).toMatchObject({ port: 99, apiKey: null });
  });

  it("leaves alone what Kubernetes and the project's own checks put into the environment", () => {
    const env = { STOA_SERVICE_HOST: "10.0.0.1", STOA_PORT_8080_TCP_ADDR: "10.0.0.1", STOA_PEERS: "required" };
    expect(problemsOf(env)).toEqual([]);
  });
});

describe("problems", () => {
  it("lists all of them at once, each with its place and remedy", () => {
    writeFileSync(join(cwd, ".env"), "STOA_DEFAULT_LOCALE=de\n");
    writeFileSync(join(cwd, "c.yaml"), "prot: 1\ndatabase: 5\nlimits: { body_bytes: { a: 1 } }\n");
    const problems = problemsOf({ STOA_CONFIG: "c.yaml", STOA_PORT: "70000", STOA_REGISTRATON: "closed" });
    expect(problems.map((p) => p.where)).toEqual([
      "STOA_REGISTRATON",
      `prot in ${cwd}/c.yaml`,
      `database in ${cwd}/c.yaml`,
      `limits.body_bytes in ${cwd}/c.yaml`,
      "STOA_PORT",
      "STOA_DEFAULT_LOCALE in .env",
    ]);
    expect(problems[0]?.remedy).toContain("Did you mean STOA_REGISTRATION?");
    expect(problems[1]?.remedy).toContain("Did you mean port?");
    expect(problems.every((p) => p.remedy.endsWith("."))).toBe(true);
  });

  it("says each of them in the error's message", () => {
    const load = () => loadConfig({ STOA_PORT: "x", STOA_NOPE_NOPE_NOPE: "1" }, cwd);
    expect(load).toThrow(/2 settings need.*STOA_NOPE_NOPE_NOPE.*STOA_PORT/s);
  });

  it.each([
    ["STOA_HOST", "http://x"],
    ["STOA_PORT", "-1"],
    ["STOA_PORT", "80.5"],
    ["STOA_PUBLIC_URL", "https://x.org/stoa"],
    ["STOA_PUBLIC_URL", "ftp://x.org"],
    ["STOA_PUBLIC_URL", "https://u:p@x.org"],
    ["STOA_SESSION_DOMAIN", "10.0.0.1"],
    ["STOA_SESSION_DOMAIN", "https://x.org"],
    ["DATABASE_URL", "mysql://x/y"],
    ["STOA_LOCAL_ISOLATION", "sometimes"],
    ["STOA_CORS_ORIGINS", "*"],
    ["STOA_TRUSTED_PROXIES", "10.0.0.0/33"],
    ["STOA_BODY_LIMIT", "many"],
    ["STOA_UWS_TOKEN_TTL", "3 weeks"],
    ["STOA_SMTP_URL", "smtp.example.org"],
    ["STOA_DATA_DIR", "/tmp/\0"],
  ])("refuses %s=%s", (name, value) => {
    expect(problemsOf({ [name]: value }).map((p) => p.where)).toEqual([name]);
  });

  it("never repeats a secret", () => {
    const env = {
      DATABASE_URL: "hunter2://hunter2",
      API_KEY: "hunter2",
      STOA_SECRET_KEY: "hunter2",
      STOA_SMTP_URL: "hunter2",
    };
    const addresses = {
      STOA_PUBLIC_URL: "https://ada:hunter2@x.org/y",
      STOA_CORS_ORIGINS: "https://ada:a@hunter2@x.org",
      OTEL_EXPORTER_OTLP_ENDPOINT: "ftp://ada:hunter2@x.org",
    };
    const problems = problemsOf({ ...env, ...addresses });
    expect(problems).toHaveLength(7);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });

  it("names a YAML file that is missing, a directory, broken, or not a map", () => {
    mkdirSync(join(cwd, "folder"));
    writeFileSync(join(cwd, "broken.yaml"), "api_key: 'hunter2\nport: [");
    writeFileSync(join(cwd, "list.yaml"), "- port\n");
    expect(problemsOf({ STOA_CONFIG: "none.yaml" })[0]?.problem).toContain("ENOENT");
    expect(problemsOf({ STOA_CONFIG: "folder" })[0]?.problem).toContain("EISDIR");
    expect(problemsOf({ STOA_CONFIG: "broken.yaml" })[0]?.problem).toMatch(/not valid YAML at line \d/);
    expect(JSON.stringify(problemsOf({ STOA_CONFIG: "broken.yaml" }))).not.toContain("hunter2");
    expect(problemsOf({ STOA_CONFIG: "list.yaml" })[0]?.problem).toBe("is not a list of settings");
  });

  it("knows why Kubernetes set STOA_PORT to an address", () => {
    expect(problemsOf({ STOA_PORT: "tcp://10.0.0.1:80" })[0]?.remedy).toContain("enableServiceLinks: false");
  });
});

describe("defaults", () => {
  it("keeps data outside the checkout", () => {
    const isRoot = process.getuid?.() === 0;
    expect(loadConfig({ HOME: "/home/ada" }, cwd).dataDir).toBe(
      isRoot ? "/var/lib/stoa" : "/home/ada/.local/share/stoa",
    );
  });

  it("resolves paths from the working directory and from home", () => {
    expect(loadConfig({ STOA_DATA_DIR: "here" }, cwd).dataDir).toBe(join(cwd, "here"));
    expect(loadConfig({ STOA_DATA_DIR: "~/there", HOME: "/home/ada" }, cwd).dataDir).toBe("/home/ada/there");
  });

  it.each([
    [{}, "local", "localhost"],
    [{ STOA_PUBLIC_URL: "http://localhost:8080" }, "closed", "localhost"],
    [{ STOA_HOST: "::1" }, "local", "localhost"],
    [{ STOA_REGISTRATION: "open" }, "open", "localhost"],
    [{ STOA_HOST: "0.0.0.0" }, "closed", null],
    [{ STOA_PUBLIC_URL: "https://stoa.example.org" }, "closed", null],
  ])("with %j registration is %s and sessions are at %s", (env, mode, domain) => {
    const config = loadConfig(env, cwd);
    expect([config.registration.mode, config.sessionDomain]).toEqual([mode, domain]);
  });

  it("writes origins in one form", () => {
    const env = { STOA_PUBLIC_URL: "HTTPS://Stoa.Example.org:443/", STOA_SESSION_DOMAIN: "*.S.example.net" };
    expect(loadConfig(env, cwd)).toMatchObject({
      publicUrl: "https://stoa.example.org",
      sessionDomain: "s.example.net",
    });
  });
});
