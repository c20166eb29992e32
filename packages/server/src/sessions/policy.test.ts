import { expect, it } from "vitest";
import { testConfig } from "../testing/test-platform.ts";
import { checkHostTakes, checkMayStartType } from "./policy.ts";

const sessions = (changes: object) => {
  const config = testConfig({ nodeId: "one" });
  return { ...config, sessions: { ...config.sessions, ...changes } };
};
const lab = { id: "jupyter_lab", name: "JupyterLab" };

it("keeps a type for administrators, or from everybody, as the settings say", () => {
  const mayStart = [
    { name: "jupyter_lab", value: "admins" },
    { name: "code", value: "nobody" },
  ];
  const config = sessions({ mayStart });
  expect(() => checkMayStartType(lab, { isAdmin: false }, config)).toThrow("administrators only");
  expect(() => checkMayStartType(lab, { isAdmin: true }, config)).not.toThrow();
  expect(() => checkMayStartType({ id: "code", name: "Code" }, { isAdmin: true }, config)).toThrow("switched off");
  expect(() => checkMayStartType({ id: "terminal", name: "Terminal" }, { isAdmin: false }, config)).not.toThrow();
});

it("starts nothing on a host that is being emptied", () => {
  expect(() => checkHostTakes(sessions({ drained: ["one"] }))).toThrow("(one)");
  expect(() => checkHostTakes(sessions({ drained: ["two"] }))).not.toThrow();
});
