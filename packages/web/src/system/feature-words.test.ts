import { expect, test } from "vitest";
import { listFeatures, type StartFacts } from "../../../server/src/config/features.ts";
import { loadConfig } from "../../../server/src/config/load.ts";
import en from "../locales/en.json" with { type: "json" };
import fa from "../locales/fa.json" with { type: "json" };
import { toldOf } from "./feature-words.ts";

type Sessions = NonNullable<StartFacts["sessions"]>;
const apart = (isolation: string, network: string, noPorts: string | null = null): Sessions => ({
  keptApart: !isolation.startsWith("nothing"),
  isolation: "x",
  noPorts,
  told: { isolation, network },
});
const own = "programs that must listen on a port do so in a network of their own";
const facts: Partial<StartFacts>[] = [
  {
    isRoot: true,
    sessions: apart("by system accounts, each in an enclosure of its own besides", `${own}, led out by pasta`),
  },
  {
    isRoot: false,
    sessions: apart("each in an enclosure of its own (bubblewrap)", "each a network of its own, led out by pasta"),
  },
  {
    sessions: apart(
      "by system accounts; without enclosures: bwrap is missing",
      `${own}, which leads nowhere: x (docs/y)`,
    ),
  },
  {
    sessions: apart(
      "by system accounts; without enclosures: bwrap is missing",
      `${own}, which leads nowhere: pasta may not use /dev/net/tun as this account; slirp4netns is not installed (docs/y)`,
    ),
  },
  {
    sessions: apart(
      "by system accounts; without enclosures: bwrap is missing",
      `${own}, which leads nowhere: pasta is not installed; slirp4netns is not installed (docs/y)`,
    ),
  },
  {
    sessions: apart(
      "nothing keeps them apart: x",
      "the machine's own; programs that must listen on a port are refused: x",
      "x",
    ),
  },
  { people: { on: true, why: "each person's by a system account of their own" } },
  { people: { on: false, why: "STOA_BROKER is not set" } },
  { limits: { groups: "v2", cpu: true, why: null } },
  { limits: { groups: "v1", cpu: false, why: null } },
  { limits: { groups: null, cpu: false, why: "there are none" } },
];
const environments: Record<string, string>[] = [
  {},
  { STOA_REGISTRATION: "closed", STOA_SMTP_URL: "smtp://mail.example.org", API_KEY: "k".repeat(32) },
  { STOA_REGISTRATION: "domains", STOA_REGISTRATION_DOMAINS: "example.org", VERIFICATION_TOKEN: "k".repeat(32) },
  { STOA_LOCAL_ISOLATION: "none", DATABASE_URL: "postgres://a:b@db.example.org/stoa" },
  { STORAGE_BACKEND: "zfs", STORAGE_BASE_PATH: "tank/home" },
  { JUPYTERHUB_API_URL: "http://hub.example.org:8000/hub/api", JUPYTERHUB_API_TOKEN: "k".repeat(32) },
  { JUPYTERHUB_API_URL: "http://hub.example.org:8000/hub/api" },
  { JUPYTERHUB_API_TOKEN: "k".repeat(32) },
  {
    STORAGE_BASE_PATH: "/srv/home",
    STORAGE_SSH: "root@files.example.org",
    STORAGE_SSH_KEY_FILE: "/etc/key",
    STORAGE_SSH_HOST_KEY: `ssh-ed25519 ${"A".repeat(68)}`,
  },
  {
    STORAGE_BACKEND: "zfs",
    STORAGE_BASE_PATH: "tank/home",
    STORAGE_SSH: "root@files.example.org",
    STORAGE_SSH_KEY_FILE: "/etc/key",
    STORAGE_SSH_HOST_KEY: `ssh-ed25519 ${"A".repeat(68)}`,
  },
  { STOA_PUBLIC_URL: "https://stoa.example.org", STOA_SESSION_DOMAIN: "sessions.example.org" },
];
const features = environments.flatMap((env) =>
  facts.flatMap((one) => listFeatures(loadConfig({ STOA_DATA_DIR: "/data", ...env }, "/nonexistent"), one)),
);

test("every sentence of the server's report has words in both languages", () => {
  const own = features.filter((one) => toldOf(one).word === null);
  expect(own.map(({ name, why }) => `${name}: ${why}`)).toEqual([]);
  for (const catalogue of [en, fa]) {
    const words = catalogue.system.featureSays as Record<string, string>;
    const missing = features.map((one) => toldOf(one).word ?? "").filter((word) => words[word] === undefined);
    expect(missing).toEqual([]);
  }
});

test("what is on and lacks something is no plain success", () => {
  const wanting = features.filter((one) => toldOf(one).wanting).map(({ why }) => why);
  expect(wanting).toContainEqual(expect.stringContaining("without enclosures"));
  expect(wanting).toContainEqual(expect.stringContaining("leads nowhere"));
  expect(features.filter((one) => !one.on && toldOf(one).wanting)).toEqual([]);
});

test("the usual reasons why no network leads out are words too, not the server's English", () => {
  const words = features.map((one) => toldOf(one).word);
  expect(words).toContain("portsNoDevice");
  expect(words).toContain("portsNoProgram");
});
