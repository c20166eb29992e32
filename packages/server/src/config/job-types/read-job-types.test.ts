import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJobTypes } from "./read-job-types.ts";
import { parseTemplate } from "./template.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "stoa-types-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(content: string) {
  const file = path.join(folder, "job-types.yaml");
  writeFileSync(file, content);
  return readJobTypes(file);
}
/** What is wrong, each as `where: problem`, without the file's name. */
const wrong = (content: unknown) =>
  read(JSON.stringify(content)).problems.map(({ where, problem }) => `${where.replace(/ in \/.*$/, "")}: ${problem}`);

const good = `
jupyter_lab:
  environment: { module_manager: virtualenv, python_packages: [numpy] }
appyter: { image: images/appyter.sif }
commands:
  dash:
    name: Dash
    icon: chart
    command: [dash-app, "--bind=unix:{socket}", "--theme={param.theme}", "{param.file}", "{{literal}}"]
    ready: socket
    environment: { DASH_DEBUG: false }
    environment_folder: envs/dash
    parameters:
      - { name: theme, label: Theme, type: str, choices: [light, dark], default: dark }
      - { name: file, type: str, required: true }
      - { name: depth, type: int, min: 1, max: 9, default: 3 }
`;

describe("the operator's job types", () => {
  it("are read, with paths from the file's own folder", () => {
    const { config, problems } = read(good);
    expect(problems).toEqual([]);
    expect(config?.jupyterLab).toEqual({ kind: "packages", python: "python3", packages: ["numpy"] });
    expect(config?.images).toEqual({ appyter: path.join(folder, "images/appyter.sif"), yac: null });
    expect(config?.declared[0]).toMatchObject({
      id: "dash",
      program: "dash-app",
      ready: "socket",
      environment: { DASH_DEBUG: "false" },
      environmentFolder: path.join(folder, "envs/dash"),
      args: [
        [{ text: "--bind=unix:" }, { hole: "socket" }],
        [{ text: "--theme=" }, { hole: "param.theme" }],
        [{ hole: "param.file" }],
        [{ text: "{literal}" }],
      ],
    });
    const [theme, file, depth] = config?.declared[0]?.parameters ?? [];
    expect(theme).toMatchObject({ default_value: "dark", validation: { choices: ["light", "dark"], alone: false } });
    expect(file?.validation).toMatchObject({ required: true, alone: true });
    expect(depth?.validation).toMatchObject({ type: "int", min: 1, max: 9 });
  });

  it("take no option of the program for a parameter, also where those before it may be empty", () => {
    const parameters = ["first", "second", "third"].map((name) => ({ name, type: "str" }));
    const command = ["x", "{param.first}{param.second}{job_id}{param.third}", "a{param.third}"];
    const two = { name: "Two", command, ready: "started", parameters };
    const { config, problems } = read(JSON.stringify({ commands: { two } }));
    expect(problems).toEqual([]);
    expect(config?.declared[0]?.parameters.map(({ validation }) => validation.alone)).toEqual([true, true, false]);
  });

  it("are told to be wrong all at once", () => {
    const commands = {
      terminal: { name: "T", command: ["x"], ready: "started" },
      "a b": { name: "A", command: ["x"], ready: "started" },
      odd: {
        command: ["{socket}", "--a={b", "--p={port}", "{param.gone}", 7],
        ready: "soon",
        environment: { LD_PRELOAD: "x", "a-b": "y" },
        resources: 5,
        shell: true,
        parameters: [
          { name: "num_cpus", type: "int" },
          { name: "x y", type: "str" },
          { name: "z", type: "text" },
          { name: "q", type: "str", min: 3 },
          { name: "r", type: "int", min: 9, max: 3, default: 4, choices: ["a"] },
        ],
      },
    };
    expect(wrong({ commands, jupiter: {} })).toEqual([
      "jupiter: is not a setting",
      "commands.terminal: is one of Stoa's own job types",
      "commands.a b: is no name for a job type",
      "commands.odd.shell: is not a setting",
      "commands.odd.ready: is none of the words known here",
      "commands.odd.command[1]: has a brace that is no hole",
      "commands.odd.command[0]: is not the name of a program",
      'commands.odd.parameters[0].name: is "num_cpus", which is taken',
      "commands.odd.parameters[1].name: is no name",
      "commands.odd.parameters[2].type: is none of the types known here",
      "commands.odd.parameters[3].min: means nothing to str",
      "commands.odd.parameters[4]: has a min above its max",
      "commands.odd.parameters[4].choices: is not a list of values of type int",
      "commands.odd.parameters[4].default: does not fit its own type, bounds or choices",
      "commands.odd.command[0]: has the unknown {socket}",
      "commands.odd.command[2]: has the unknown {port}",
      "commands.odd.command[3]: has the unknown {param.gone}",
      "commands.odd.name: is missing",
      "commands.odd.environment.LD_PRELOAD: can't be set",
      "commands.odd.environment.a-b: can't be set",
      "commands.odd.resources: is not a list of parameters' names",
    ]);
  });

  it.each([
    ["commands: [", "is not valid YAML at line 1"],
    ["- a", "is not a group of settings"],
  ])("of a file that can't be read, %j, nothing is guessed", (content, problem) => {
    const { config, problems } = read(content);
    expect(config).toBeNull();
    expect(problems[0]?.problem).toContain(problem);
    expect(readJobTypes("/nowhere/types.yaml").problems[0]?.problem).toContain("ENOENT");
  });

  it("have templates in which braces are doubled", () => {
    expect(parseTemplate("{{{job_id}}}")).toEqual([{ text: "{" }, { hole: "job_id" }, { text: "}" }]);
    expect(parseTemplate("{}")).toBeNull();
    expect(parseTemplate("}")).toBeNull();
    expect(parseTemplate("")).toEqual([]);
  });
});
