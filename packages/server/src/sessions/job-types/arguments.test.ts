import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DeclaredType } from "../../config/schema.ts";
import type { JobContext, JobType } from "./contract.ts";
import { declared } from "./declared.ts";
import { jupyterLab } from "./jupyter-lab.ts";
import { commandOf, type Piece } from "./template.ts";

const SOCKET = `/run/a b/$(id)'"\`;*.sock`;
/** Prints the arguments that it was given, each with a NUL after it. */
const PRINT = ["/bin/sh", "-c", 'for one do printf "%s\\0" "$one"; done', "print"] as const;
/** What shells, option parsers and templates read something into, and any text else that a program can be given. */
const hostile = fc.oneof(
  fc.constantFrom("", "$(touch /tmp/x)", "`id`", "'; id #", '"', "\\", "$STOA_SESSION_SOCKET", "{socket}", "\n", "* ?"),
  fc.constantFrom("$1", "-rf", "--", "&& id", "a=b", "%s", "!!", "~", "\u202e", "نام", "</script>"),
  fc.string({ unit: "binary", maxLength: 40 }).filter((text) => !text.includes("\0") && text.isWellFormed()),
);

/** What the program gets when this command is run. */
function arrived(command: readonly string[], env: Record<string, string> = {}): string[] {
  const [file = "", ...args] = command;
  const environment = { PATH: "/usr/bin:/bin", STOA_SESSION_SOCKET: SOCKET, STOA_SESSION_PORT: "8000", ...env };
  return execFileSync(file, args, { env: environment, encoding: "utf8" }).split("\0").slice(0, -1);
}

const context = (options: Record<string, unknown>, cwd = "/tmp"): JobContext => ({
  jobId: 7,
  workspaceId: 3,
  cwd,
  options,
  startFolder: null,
  details: {},
  env: { PATH: "/usr/bin:/bin", HOME: "/home/ann" },
  sees: () => true,
  origin: "http://s-7.localhost:8080",
  hosts: ["s-7.localhost", "localhost"],
});

describe("arguments", () => {
  it("arrive as they were given, wherever the socket stands among them", () => {
    const piece: fc.Arbitrary<Piece> = fc.oneof(
      hostile,
      fc.constantFrom({ place: "socket" }, { place: "port" } as const),
    );
    fc.assert(
      fc.property(fc.array(fc.array(piece, { maxLength: 4 }), { maxLength: 6 }), (args) => {
        const [first, ...rest] = PRINT;
        const wanted = args.map((pieces) =>
          pieces.map((one) => (typeof one === "string" ? one : one.place === "socket" ? SOCKET : "8000")).join(""),
        );
        expect(arrived(commandOf([[first], ...rest.map((one) => [one]), ...args]))).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });

  it("of a declared command are one each, whatever people chose for them", () => {
    const type: DeclaredType = {
      id: "print",
      name: "Print",
      icon: "apps",
      program: PRINT[0],
      args: [
        ...PRINT.slice(1).map((text) => [{ text }]),
        [{ text: "--theme=" }, { hole: "param.theme" }, { text: "/" }, { hole: "param.theme" }],
        [{ hole: "param.files" }],
        [{ hole: "workspace" }, { text: ":" }, { hole: "socket" }],
        [{ hole: "job_id" }, { hole: "base_url" }, { hole: "param.num_cpus" }, { hole: "param.none" }],
      ],
      ready: "socket",
      environment: {},
      environmentFolder: null,
      resources: [],
      parameters: [],
    };
    fc.assert(
      fc.property(hostile, fc.array(hostile, { maxLength: 3 }), hostile, (theme, files, cwd) => {
        const command = declared(type).command(context({ theme, files, num_cpus: 2 }, cwd));
        expect(arrived(command)).toEqual([
          `--theme=${theme}/${theme}`,
          JSON.stringify(files),
          `${cwd}:${SOCKET}`,
          "7/2",
        ]);
      }),
      { numRuns: 40 },
    );
  });

  it("stay together also with an environment's folder before the PATH", () => {
    const type = declared({ ...printing(["{"]), environmentFolder: "/opt/an env" });
    expect(arrived(type.command(context({})))).toEqual(["{"]);
  });
});

function printing(args: readonly string[]): DeclaredType {
  return {
    id: "print",
    name: "Print",
    icon: "apps",
    program: PRINT[0],
    args: [...PRINT.slice(1), ...args].map((text) => [{ text }]),
    ready: "started",
    environment: {},
    environmentFolder: null,
    resources: [],
    parameters: [],
  };
}

describe("JupyterLab", () => {
  const options = (type: JobType): readonly string[] => type.command(context({}));

  it("answers only under its own names and to its own origin, without a token, with kernels on sockets", () => {
    const given = options(jupyterLab({ kind: "folder", folder: "/opt/jupyter" }));
    expect(given).toContain("--App.local_hostnames=['s-7.localhost','localhost']");
    expect(given).toContain("--App.allow_origin=http://s-7.localhost:8080");
    expect(given).toContain("--App.allow_remote_access=False");
    expect(given).toContain("--App.disable_check_xsrf=False");
    expect(given).toContain("--App.token=");
    expect(given).toContain("--KernelManager.transport=ipc");
  });

  it("is told to be missing before anybody starts it", () => {
    const view = { env: { PATH: "/nowhere", HOME: "/home/ann" }, sees: () => true };
    expect(jupyterLab(null).missing?.(view)).toContain("neither uv nor Python");
    expect(jupyterLab({ kind: "folder", folder: "/nowhere" }).missing?.(view)).toContain("/nowhere");
    expect(jupyterLab({ kind: "archive", archive: "/no.tar", packages: [] }).missing?.(view)).toContain("/no.tar");
    expect(jupyterLab({ kind: "modules", modules: ["a"] }).missing?.(view)).toContain("Lmod");
  });

  it("is installed beside the packages that an operator lists", () => {
    const packages = (given: readonly string[]): string =>
      jupyterLab({ kind: "packages", python: "python3", packages: given }).prepare?.(context({}))[1]?.saying ?? "";
    expect(packages(["numpy"])).toContain("jupyterlab>=4,<5, ipykernel, numpy");
    expect(packages(["jupyterlab==3.6.8"])).not.toContain(">=4");
  });
});
