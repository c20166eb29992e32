import { loadConfig } from "@stoa/server/config/load.ts";
import { expect, it } from "vitest";
import { configurationChecks } from "./configuration-checks.ts";

it.each([
  ["http://stoa.example.org", "warn"],
  ["https://stoa.example.org", "ok"],
])("tells of %s, whose sessions are below the same domain: %s", async (portal, state) => {
  const env = { STOA_PUBLIC_URL: portal, STOA_SESSION_DOMAIN: "sessions.example.org", STOA_LOCAL_ISOLATION: "none" };
  const checks = await configurationChecks(loadConfig(env, "/nonexistent"), "/nonexistent");
  const found = checks.find(({ name }) => name === "session addresses");
  expect(found?.state).toBe(state);
  if (state === "warn") expect(found?.fix).toContain("STOA_PUBLIC_URL=https://");
});
