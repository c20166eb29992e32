import { expect, test } from "vitest";
import { thingNamed } from "./thing-link.tsx";

test("a detail that is a thing's id leads to the thing", () => {
  expect(thingNamed("workspace_id", 7)).toEqual({ kind: "workspace", id: "7" });
  expect(thingNamed("operation_id", "0f-1")).toEqual({ kind: "operation", id: "0f-1" });
  expect(thingNamed("receiver_id", "12")).toEqual({ kind: "account", id: "12" });
});

test.each([
  ["minutes", 7],
  ["workspace_id", null],
  ["workspace_id", { id: 7 }],
  ["session_id", "../people"],
  ["account_id", 1.5],
])("%s of %j leads nowhere", (name, value) => expect(thingNamed(name, value)).toBeNull());
