import { afterAll, beforeAll, expect, it } from "vitest";
import { backEndProblem, NO_PROBLEM } from "../back-end-problems.ts";
import { createStorageServer, type StorageServer } from "../testing-storage.ts";

let stoa: StorageServer;
let [problem, ok] = [NO_PROBLEM, true];

beforeAll(async () => {
  stoa = await createStorageServer({
    driver: (real) =>
      Object.create(real, {
        state: {
          get: () => ({ ...real.state, ok, problem: problem.text, problemToldBy: problem.toldBy }),
        },
      }),
  });
});
afterAll(() => stoa.close());

const backEnd = async () => ((await stoa.ask("GET", "")).body as { back_end: unknown }).back_end;

it("tells what is wrong with the back end by words, and by code and names", async () => {
  expect(await backEnd()).toMatchObject({ ok: true, problem: null, problem_code: null, problem_params: null });
  [problem, ok] = [backEndProblem("pool_suspended", { pool: "tank", state: "SUSPENDED" }), false];
  expect(await backEnd()).toMatchObject({
    ok: false,
    problem: expect.stringContaining("zpool clear tank"),
    problem_code: "pool_suspended",
    problem_params: { pool: "tank", state: "SUSPENDED" },
  });
});

it("tells of what works still that it needs somebody", async () => {
  [problem, ok] = [backEndProblem("pool_needs_disk", { base: "tank/home", state: "DEGRADED" }), true];
  expect(await backEnd()).toMatchObject({
    ok: true,
    problem: expect.stringContaining("DEGRADED"),
    problem_code: "pool_needs_disk",
  });
});

it("tells what has no code in its words alone", async () => {
  [problem, ok] = [{ text: "Odd.", toldBy: null }, false];
  expect(await backEnd()).toMatchObject({ ok: false, problem: "Odd.", problem_code: null, problem_params: null });
});
