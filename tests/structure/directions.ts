import { localImportsOf } from "./imports.ts";
import { isTest, type SourceFile, type Violation } from "./source-tree.ts";

const SERVER = "packages/server/src/";

/** Opens people's files. Only what runs as the person may: the commands, and who runs them. */
const PERSONS_FILES = "workspaces/files/descriptor-walk.ts";
const FILE_WORK = ["workspaces/files/", "workspaces/file-work/"];

/** Folders of the server that are not domains. */
const FOUNDATION = new Set(["config", "platform", "migrations", "testing"]);

/**
 * Who may import whom. Domains know the platform and other domains' entry files; the platform knows no
 * domain; the session host, which outlives the server, knows neither.
 */
export function directionViolations(files: readonly SourceFile[]): Violation[] {
  return files.filter((file) => !isTest(file.path)).flatMap(checkFile);
}

function checkFile(file: SourceFile): Violation[] {
  return localImportsOf(file).flatMap((target) => {
    const why = refuse(file.path, target);
    return why === null ? [] : [`${file.path} imports ${target}: ${why}`];
  });
}

function refuse(from: string, target: string): string | null {
  if (isTest(target)) return "only tests may";
  if (from.startsWith("packages/web/") && !target.startsWith("packages/web/")) return "the portal speaks HTTP only";
  if (!from.startsWith(SERVER) || !target.startsWith(SERVER)) {
    return target.startsWith("packages/cli/") && !from.startsWith("packages/cli/") ? "nothing builds on the CLI" : null;
  }
  return refuseInServer(from.slice(SERVER.length), target.slice(SERVER.length));
}

function refuseInServer(from: string, target: string): string | null {
  const here = area(from);
  const there = area(target);
  // app.ts, main.ts and what else composes the whole stands directly in src.
  if (here === null) return null;
  if (there === null) return "src/*.ts composes the domains; nothing imports it";
  if (from.startsWith("sessions/host/")) {
    return target.startsWith("sessions/host/") ? null : "the session host is a process of its own, without the server";
  }
  if (target === PERSONS_FILES && !FILE_WORK.some((folder) => from.startsWith(folder))) {
    return "people's files are reached by the commands of FileWork only";
  }
  if (here === there) return null;
  if (here === "migrations") return "a migration stands still, so it depends on nothing that moves";
  if (here === "config")
    return target.startsWith("platform/errors/") ? null : "the configuration stands below everything";
  if (there === "config") return target === "config/schema.ts" ? null : "only config/schema.ts is for others";
  if (there === "platform") return null;
  if (there === "migrations")
    return from.startsWith("platform/database/") ? null : "only platform/database runs migrations";
  if (here === "platform") return "the platform knows no domain";
  return target === `${there}/${there}.ts` ? null : `of another domain, only its entry ${there}/${there}.ts`;
}

/** The first folder below src; null for files directly in it. */
function area(path: string): string | null {
  const slash = path.indexOf("/");
  return slash === -1 ? null : path.slice(0, slash);
}

/** The domains there are, for the test that each has its entry file. */
export function domains(files: readonly SourceFile[]): string[] {
  const areas = files.filter((f) => f.path.startsWith(SERVER)).map((f) => area(f.path.slice(SERVER.length)));
  return [...new Set(areas)].filter((name) => name !== null && !FOUNDATION.has(name)) as string[];
}
