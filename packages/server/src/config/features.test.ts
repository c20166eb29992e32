import { expect, it } from "vitest";
import { describeFeatures } from "./features.ts";
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
