import { expect, it } from "vitest";
import { StoaError } from "../platform/errors/stoa-error.ts";
import { authorise } from "../platform/http/authorisation.ts";
import { testPrincipal } from "../testing/create-test-server.ts";
import { policies } from "./policies.ts";

const refusal = new StoaError("unauthenticated");
const acting = testPrincipal({ accountId: 2, label: "ann", impersonator: { accountId: 1, label: "boss" } });
const owner = testPrincipal({ accountId: 2, label: "ann" });

it("lets nobody in for good while an administrator acts, and still lets them be shown out", () => {
  expect(() => authorise(policies.share, acting, refusal)).toThrow(expect.objectContaining({ code: "acting_as" }));
  for (const policy of [policies.unshare, policies.startOwn, policies.stopOwn]) authorise(policy, acting, refusal);
  authorise(policies.share, owner, refusal);
});
