import { expect, it } from "vitest";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { authorise } from "../../platform/http/authorisation.ts";
import { testPrincipal } from "../../testing/create-test-server.ts";
import { policies } from "./policy.ts";

const refusal = new StoaError("unauthenticated");
const acting = testPrincipal({ accountId: 2, label: "ann", impersonator: { accountId: 1, label: "boss" } });
const owner = testPrincipal({ accountId: 2, label: "ann" });

it("offers and takes nothing while an administrator acts, and still ends shares", () => {
  for (const policy of [policies.create, policies.accept, policies.ownCreate, policies.ownAccept]) {
    expect(() => authorise(policy, acting, refusal)).toThrow(expect.objectContaining({ code: "acting_as" }));
    authorise(policy, owner, refusal);
  }
  for (const policy of [policies.delete, policies.ownEnd, policies.ownRead]) authorise(policy, acting, refusal);
});
