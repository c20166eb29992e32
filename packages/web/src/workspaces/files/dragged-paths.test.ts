import { expect, test } from "vitest";
import { canMoveInto, draggedKind, readDragged } from "./dragged-paths.ts";

const transfer = (text: string): DataTransfer =>
  ({ getData: (kind: string) => (kind === draggedKind ? text : "") }) as unknown as DataTransfer;

test("nothing goes into itself, below itself, or where it is", () => {
  expect(canMoveInto("a", "b")).toBe(true);
  expect(canMoveInto("a/x", "")).toBe(true);
  expect(canMoveInto("a", "a")).toBe(false);
  expect(canMoveInto("a", "a/b")).toBe(false);
  expect(canMoveInto("a", "ab")).toBe(true);
  expect(canMoveInto("x", "")).toBe(false);
  expect(canMoveInto("a/x", "a")).toBe(false);
});

test("what another workspace or program dragged is left alone", () => {
  const dragged = JSON.stringify({ workspaceId: 1, paths: ["x", "b"] });
  expect(readDragged(transfer(dragged), 1, "b")).toEqual(["x"]);
  expect(readDragged(transfer(dragged), 2, "b")).toEqual([]);
  expect(readDragged(transfer('{"workspaceId":1,"paths":[3]}'), 1, "b")).toEqual([]);
  expect(readDragged(transfer("hello"), 1, "b")).toEqual([]);
});
