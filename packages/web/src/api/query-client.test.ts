import { expect, test } from "vitest";
import { ApiError } from "./api-error.ts";
import { makeQueryClient } from "./query-client.ts";

test.each([
  ["deletion_pending", true],
  ["forbidden", false],
])("a change refused as %s asks who is signed in again: %s", async (code, asksAgain) => {
  const client = makeQueryClient();
  client.setQueryData(["session"], {});
  const refusal = new ApiError({ status: 403, code, message: "no" });
  const change = client.getMutationCache().build(client, { mutationFn: () => Promise.reject(refusal) });
  await expect(change.execute(undefined)).rejects.toBe(refusal);
  expect(client.getQueryState(["session"])?.isInvalidated).toBe(asksAgain);
});
