import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";
import { endedMovesQuery } from "./move-ins.ts";

afterEach(() => vi.unstubAllGlobals());

const answer = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

test("a move that can't be read any more has ended; one that could not be asked for has not", async () => {
  const answers: Readonly<Record<string, () => Response>> = {
    done: () => answer(200, { id: "done", state: "succeeded", error: null }),
    going: () => answer(200, { id: "going", state: "running", error: null }),
    gone: () => answer(404, { code: "not_found", message: "There is no operation here." }),
    away: () => answer(503, { code: "unavailable", message: "away" }),
  };
  vi.stubGlobal("fetch", async (url: string) => answers[url.split("/").at(-1) ?? ""]?.());
  const client = new QueryClient();
  const ended = await client.fetchQuery(endedMovesQuery(Object.keys(answers)));
  expect(ended).toEqual([
    { id: "done", state: "succeeded", error: null },
    { id: "gone", state: "failed", error: { message: expect.any(String) } },
  ]);
  client.clear();
});
