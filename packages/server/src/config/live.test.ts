import { expect, it } from "vitest";
import { createLiveConfig } from "./live.ts";
import { loadConfig } from "./load.ts";

const load = (env: Record<string, string> = {}) => loadConfig({ HOME: "/nonexistent", ...env }, "/nonexistent");
const PUBLIC = { STOA_PUBLIC_URL: "https://stoa.example.org", STOA_SESSION_DOMAIN: "s.example.net" };

it("changes leaves in place, so that whoever keeps a group sees it; the given configuration stays", () => {
  const base = load();
  const { config, apply } = createLiveConfig(base);
  const { limits, sessions } = config;
  const { idle } = sessions;
  expect(
    apply(
      new Map([
        ["STOA_SESSIONS_PER_PERSON", "7"],
        ["STOA_SESSION_IDLE_STOP", "2h"],
      ]),
    ).size,
  ).toBe(0);
  expect([limits.sessionsPerPerson, idle.stopSeconds]).toEqual([7, 7200]);
  expect(base.limits.sessionsPerPerson).toBe(10);
  apply(new Map());
  expect([limits.sessionsPerPerson, idle.stopSeconds]).toEqual([10, 0]);
});

it("lets what is written at the host win", () => {
  const { config, apply } = createLiveConfig(load({ STOA_SESSIONS_PER_PERSON: "3" }));
  expect(config.written).toEqual({ STOA_SESSIONS_PER_PERSON: "STOA_SESSIONS_PER_PERSON" });
  apply(new Map([["STOA_SESSIONS_PER_PERSON", "7"]]));
  expect(config.limits.sessionsPerPerson).toBe(3);
});

it("refuses what is wrong, and what would let somebody in", () => {
  const { judge } = createLiveConfig(load({ ...PUBLIC, STOA_LOCAL_ISOLATION: "none" }));
  expect(judge(new Map([["STOA_SESSIONS_PER_PERSON", "many"]]))).toMatchObject([{ where: "STOA_SESSIONS_PER_PERSON" }]);
  expect(judge(new Map([["STOA_REGISTRATION", "open"]]))).toMatchObject([{ where: "STOA_LOCAL_ISOLATION" }]);
  expect(judge(new Map([["STOA_REGISTRATION", "domains"]]))).toMatchObject([{ where: "STOA_REGISTRATION" }]);
  // The list first, then the mode: it has no effect yet, and does no harm.
  const list = ["STOA_REGISTRATION_DOMAINS", "example.org"] as const;
  expect(judge(new Map([list]))).toEqual([]);
  expect(judge(new Map([list, ["STOA_REGISTRATION", "domains"]]))).toEqual([]);
});

it("leaves out what became dangerous beside what was written since", () => {
  const { config, apply } = createLiveConfig(load({ ...PUBLIC, STOA_LOCAL_ISOLATION: "none" }));
  const left = apply(
    new Map([
      ["STOA_REGISTRATION", "open"],
      ["STOA_GROUP_CREATION", "everyone"],
      ["STOA_TRASH_RETENTION_DAYS", "x"],
    ]),
  );
  expect(config.registration.mode).toBe("closed");
  expect([...left.keys()]).toEqual(expect.arrayContaining(["STOA_REGISTRATION", "STOA_TRASH_RETENTION_DAYS"]));
  expect(config.trash.retentionDays).toBe(30);
});

it("lets strangers who may register now find nobody but their groups", () => {
  const { config, apply } = createLiveConfig(load(PUBLIC));
  expect(config.people.directory).toBe("everyone");
  apply(new Map([["STOA_REGISTRATION", "open"]]));
  expect([config.registration.mode, config.people.directory]).toEqual(["open", "same-groups"]);
  apply(new Map());
  expect([config.registration.mode, config.people.directory]).toEqual(["closed", "everyone"]);
});
