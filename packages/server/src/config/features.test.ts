import { expect, it } from "vitest";
import { describeFeatures, type StartFacts } from "./features.ts";
import { loadConfig } from "./load.ts";

const SECRET = "hunter2-hunter2-hunter2";

it("says of each feature whether it is on and why, and never a secret", () => {
  const env = {
    STOA_DATA_DIR: "/data",
    STOA_SMTP_URL: `smtp://me:${SECRET}@mail.example.org:587`,
    DATABASE_URL: `postgres://stoa:${SECRET}@db.example.org/stoa`,
    API_KEY: SECRET,
  };
  const lines = describeFeatures(loadConfig(env, "/nonexistent"), { isRoot: true });
  expect(lines).toContainEqual(expect.stringMatching(/^on {3}mail {2,}by mail\.example\.org:587$/));
  expect(lines).toContainEqual(expect.stringMatching(/^on {3}database {2,}yours at db\.example\.org$/));
  expect(lines).toContainEqual(expect.stringMatching(/^off {2}playground token {2,}VERIFICATION_TOKEN is not set/));
  expect(lines.join("\n")).not.toContain(SECRET);
});

it("tells where JupyterHub is, or which half of its settings is missing, and no secret of them", () => {
  const url = { JUPYTERHUB_API_URL: `http://me:${SECRET}@hub.example.org:8000/hub/api` };
  const token = { JUPYTERHUB_API_TOKEN: SECRET };
  const line = (env: Record<string, string>) =>
    describeFeatures(loadConfig(env, "/nonexistent"), { isRoot: false }).find((one) => one.includes("JupyterHub"));
  expect(line({ ...url, ...token })).toMatch(/^on {3}JupyterHub +http:\/\/hub\.example\.org:8000$/);
  expect(line({})).toMatch(/^off {2}JupyterHub +JUPYTERHUB_API_URL and JUPYTERHUB_API_TOKEN are not set/);
  expect(line(token)).toMatch(/^off {2}JupyterHub +JUPYTERHUB_API_TOKEN is set, JUPYTERHUB_API_URL is not/);
  expect(line(url)).toMatch(/^off {2}JupyterHub +http:\/\/hub\.example\.org:8000 is set, JUPYTERHUB_API_TOKEN is not/);
  expect([line({ ...url, ...token }), line(url), line(token)].join()).not.toContain(SECRET);
});

it("tells by what sessions are kept apart, and what becomes of those that need a port", () => {
  const config = loadConfig({}, "/nonexistent");
  const told = { isolation: "each in an enclosure of its own", network: "the machine's own" };
  const sessions = { keptApart: true, isolation: "sandbox", noPorts: null, told };
  const apart = describeFeatures(config, { isRoot: false, sessions }).join("\n");
  expect(apart).toMatch(/on {3}local sessions {2,}for everybody, kept apart each in an enclosure/);
  expect(apart).toMatch(/on {3}session ports {2,}the machine's own/);
  const bare = {
    ...sessions,
    keptApart: false,
    noPorts: "no bubblewrap",
    told: { ...told, isolation: "nothing does" },
  };
  const none = describeFeatures(config, { isRoot: false, sessions: bare }).join("\n");
  expect(none).toMatch(/local sessions {2,}for admins only: nothing does/);
  expect(none).toMatch(/off {2}session ports/);
});

it("tells by what sessions are held to their share", () => {
  const config = loadConfig({}, "/nonexistent");
  const line = (limits: NonNullable<StartFacts["limits"]>) =>
    describeFeatures(config, { isRoot: false, limits }).find((one) => one.includes("session limits"));
  expect(line({ groups: "v2", cpu: true, why: null })).toMatch(/memory, processes and processors .*control groups v2/);
  expect(line({ groups: "v1", cpu: false, why: null })).toMatch(/control groups v1.*processors by nothing/);
  expect(line({ groups: null, cpu: false, why: "there are none" })).toMatch(/watched.*pinning.*there are none$/);
  expect(describeFeatures(config, { isRoot: false }).join()).not.toContain("session limits");
});

it("tells a closed registration from an open one, and whom sessions are for", () => {
  const closed = describeFeatures(loadConfig({ STOA_REGISTRATION: "closed" }, "/nonexistent"), { isRoot: false }).join(
    "\n",
  );
  const trusting = describeFeatures(loadConfig({ STOA_LOCAL_ISOLATION: "none" }, "/nonexistent"), {
    isRoot: false,
  }).join("\n");
  expect(closed).toMatch(/off {2}registration {2,}closed/);
  expect(closed).toMatch(/local sessions {2,}for admins only/);
  expect(trusting).toMatch(/on {3}registration {2,}open on this machine itself/);
  expect(trusting).toMatch(/local sessions {2,}for everybody, not kept apart/);
});
