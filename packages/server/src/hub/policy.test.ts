import { expect, it } from "vitest";
import type { RoutePolicy } from "../platform/http/route-policy.ts";
import { policies } from "./policy.ts";

it("no way into a person's server is given to who acts as them: its token would outlive the acting", () => {
  const own = Object.entries<RoutePolicy>(policies).filter(([, { audit, auditOr }]) =>
    [audit, auditOr].includes("hub.token.create"),
  );
  expect(own.map(([name]) => name)).toEqual(["contractLaunch", "open"]);
  expect(own.filter(([, { closedWhileActing }]) => closedWhileActing !== true)).toEqual([]);
});
