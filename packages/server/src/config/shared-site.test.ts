import { expect, it } from "vitest";
import { describeFeatures } from "./features.ts";
import { loadConfig } from "./load.ts";
import { sharedInTheClear } from "./shared-site.ts";

it.each([
  ["http://stoa.example.org", "sessions.example.org", "example.org"],
  ["http://portal.lab.example.org:8080", "s.lab.example.org", "lab.example.org"],
  ["https://stoa.example.org", "sessions.example.org", null],
  ["http://stoa.example.org", "sessions.example.net", null],
  ["http://stoa.example.org", "example.org.net", null],
  ["http://10.1.2.3:8080", "sessions.example.org", null],
  ["http://localhost:8080", "localhost", null],
])("portal %s with sessions below %s share in the clear: %s", (portal, domain, shared) => {
  const config = loadConfig({ STOA_PUBLIC_URL: portal, STOA_SESSION_DOMAIN: domain }, "/nonexistent");
  expect(sharedInTheClear(config)).toBe(shared);
  const line = describeFeatures(config).find((feature) => feature.includes("session addresses")) ?? "";
  expect(line.includes("without TLS")).toBe(shared !== null);
});

it("looks at the other names of the portal too", () => {
  const env = { STOA_ALLOWED_HOSTS: "stoa.example.org", STOA_SESSION_DOMAIN: "sessions.example.org" };
  expect(sharedInTheClear(loadConfig(env, "/nonexistent"))).toBe("example.org");
});
