import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { retryDelays } from "./deliveries/retry-schedule.ts";
import { newSecret, signedHeaders } from "./deliveries/signature.ts";
import { describeTypes } from "./endpoints/event-type-list.ts";

const page = await readFile(join(import.meta.dirname, "../../../../docs/webhooks.md"), "utf8");
const run = promisify(execFile);
let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "stoa-documented-"));
});
afterAll(() => rm(directory, { recursive: true }));

/** What the page tells receivers to run. */
function example(language: "js" | "python"): string {
  const found = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1];
  if (found === undefined) throw new Error(`The page has no example in ${language}.`);
  return found;
}

const at = new Date();
const now = at.getTime() / 1000;
const [secret, old] = [newSecret(), newSecret()];
const body = JSON.stringify({ id: "evt_1_2", data: { name: "نام – “x”" } });
const headers = signedHeaders([secret, old], { id: "evt_1_2", at, body });
const cases = [
  ["as it was sent", secret, headers, body, now, true],
  ["with the secret that was replaced", old, headers, body, now, true],
  ["with another secret", newSecret(), headers, body, now, false],
  ["with another body", secret, headers, `${body} `, now, false],
  ["with another id", secret, { ...headers, "webhook-id": "evt_1_3" }, body, now, false],
  ["with another time", secret, { ...headers, "webhook-timestamp": String(Math.floor(now) - 10) }, body, now, false],
  ["six minutes later", secret, headers, body, now + 360, false],
  ["without a signature of this version", secret, { ...headers, "webhook-signature": "v2,abc" }, body, now, false],
] as const;

describe("the documented verification", () => {
  it.each(cases)("in Node takes a message %s or not", async (_what, key, sent, text, time, isGood) => {
    const file = join(directory, "verify.mjs");
    await writeFile(file, example("js"));
    const { verify } = (await import(pathToFileURL(file).href)) as { verify: (...args: unknown[]) => unknown };
    const outcome = () => verify(key, sent, Buffer.from(text), time);
    if (isGood) expect(outcome()).toEqual(JSON.parse(body));
    else expect(outcome).toThrow();
  });

  // On a machine without Python there is nothing to try it with.
  it.skipIf(spawnSync("python3", ["--version"]).status !== 0)("in Python takes the same", async () => {
    const file = join(directory, "check.py");
    const check = `
import sys
for key, sent, text, time_, is_good in json.load(sys.stdin):
    try:
        seen = verify(key, sent, text.encode(), time_) is not None
    except ValueError:
        seen = False
    print(seen == is_good)
`;
    await writeFile(file, example("python") + check);
    const running = run("python3", [file]);
    running.child.stdin?.end(JSON.stringify(cases.map(([, ...rest]) => rest)));
    expect((await running).stdout.trim().split("\n")).toEqual(cases.map(() => "True"));
  });
});

describe("the page", () => {
  it("describes every event type, with the example that the API gives", () => {
    for (const { type, about, example: shown } of describeTypes()) {
      expect(page).toContain(`**\`${type}\`** ${about}`);
      expect(page).toContain(JSON.stringify(shown));
    }
  });

  it("says the schedule as it is", () => {
    const words = retryDelays.map((ms) =>
      ms < 60_000 ? `${ms / 1_000} s` : ms < 3_600_000 ? `${ms / 60_000} min` : `${ms / 3_600_000} h`,
    );
    expect(page).toContain(`| after | at once | ${words.join(" | ")} |`);
  });
});
