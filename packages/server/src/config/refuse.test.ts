import { describe, expect, it } from "vitest";
import { loadConfig } from "./load.ts";
import { ConfigError } from "./problems.ts";

/** What the configuration is refused for: the settings named, in order. */
function refused(env: Record<string, string>): string[] {
  try {
    loadConfig(env, "/nonexistent");
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.list.map((problem) => problem.where);
    throw error;
  }
}

const HTTPS = { STOA_PUBLIC_URL: "https://stoa.example.org" };
const OPEN = { STOA_REGISTRATION: "open" };

describe("open registration", () => {
  it.each([
    [{ ...OPEN }, []],
    [{ ...OPEN, STOA_HOST: "0.0.0.0" }, ["STOA_REGISTRATION"]],
    [{ STOA_REGISTRATION: "local", STOA_HOST: "0.0.0.0" }, ["STOA_REGISTRATION"]],
    [{ ...OPEN, STOA_PUBLIC_URL: "http://stoa.example.org" }, ["STOA_REGISTRATION"]],
    [{ ...OPEN, STOA_HOST: "0.0.0.0", STOA_PUBLIC_URL: "http://localhost" }, ["STOA_REGISTRATION"]],
    [{ ...OPEN, ...HTTPS, STOA_HOST: "0.0.0.0" }, []],
    [{ ...OPEN, STOA_LOCAL_ISOLATION: "none" }, []],
    [{ ...OPEN, ...HTTPS, STOA_LOCAL_ISOLATION: "none" }, ["STOA_LOCAL_ISOLATION"]],
    [{ ...HTTPS, STOA_LOCAL_ISOLATION: "none" }, []],
    [{ STOA_HOST: "10.1.2.3", STOA_LOCAL_ISOLATION: "none" }, []],
    [{ STOA_REGISTRATION: "domains" }, ["STOA_REGISTRATION"]],
    [{ STOA_REGISTRATION_DOMAINS: "a.org" }, ["STOA_REGISTRATION_DOMAINS"]],
  ])("%j is refused for %j", (env, expected) => {
    expect(refused(env)).toEqual(expected);
  });
});

describe("session domain", () => {
  it.each([
    ["https://stoa.example.org", "stoa.example.org", true],
    ["https://stoa.example.org", "example.org", true],
    ["https://stoa.example.org", "s.stoa.example.org", false],
    ["http://stoa.example.org", "s.stoa.example.org", true],
    ["https://stoa.example.org", "a-stoa.example.org", false],
    ["https://stoa.example.org", "example.net", false],
    ["http://localhost:8080", "localhost", false],
  ])("portal %s with sessions below %s: refused %s", (portal, domain, expected) => {
    const where = refused({ STOA_PUBLIC_URL: portal, STOA_SESSION_DOMAIN: domain });
    expect(where).toEqual(expected ? ["STOA_SESSION_DOMAIN"] : []);
  });
});

describe("secrets", () => {
  it.each([
    [{ API_KEY: "fifteen-letters" }, ["API_KEY"]],
    [{ API_KEY: "sixteen--letters" }, []],
    [{ API_KEY: "changemechangeme" }, ["API_KEY"]],
    [{ VERIFICATION_TOKEN: "ChangeMe" }, ["VERIFICATION_TOKEN"]],
    [{ VERIFICATION_TOKEN: "of-our-own" }, []],
    [{ STOA_ADMIN_PASSWORD: "seven77" }, ["STOA_ADMIN_PASSWORD"]],
    [{ STOA_SECRET_KEY: "x".repeat(64) }, ["STOA_SECRET_KEY"]],
    [{ STOA_SECRET_KEY: "0123456789abcdef0123456789abcde" }, ["STOA_SECRET_KEY"]],
    [{ STOA_SECRET_KEY: "0123456789abcdef0123456789abcdef" }, []],
    [{ STOA_SECRET_KEY: "0123456789abcdef0123456789abcdef", STOA_SECRET_KEY_FILE: "/k" }, ["STOA_SECRET_KEY"]],
    [{ DATABASE_DIRECT_URL: "postgres://h/d" }, ["DATABASE_DIRECT_URL"]],
    [{ STOA_TRUSTED_PROXIES: "10.0.0.1,0.0.0.0/0" }, ["STOA_TRUSTED_PROXIES"]],
  ])("%j is refused for %j", (env, expected) => {
    expect(refused(env)).toEqual(expected);
  });
});

describe.each(["STOA_SYMLINK_ROOTS", "STOA_SESSION_WRITABLE"])("folders of %s", (name) => {
  it.each([
    ["/srv/data", false],
    ["/srv/data,/mnt/sets", false],
    ["/", true],
    ["/srv", true],
    ["/srv/stoa", true],
    ["/srv/stoa/workspaces", true],
    ["/srv/stoa-data", false],
    ["/etc/stoa", true],
    ["/proc/self", true],
    ["/data/../proc", true],
  ])("%s beside the data in /srv/stoa and the key in /etc/stoa: refused %s", (roots, expected) => {
    const env = { STOA_DATA_DIR: "/srv/stoa", STOA_SECRET_KEY_FILE: "/etc/stoa/key", [name]: roots };
    expect(refused(env)).toEqual(expected ? [name] : []);
  });
});
