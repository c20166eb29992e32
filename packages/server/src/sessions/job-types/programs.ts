import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

type Env = Readonly<Record<string, string>>;

/** Where the first of these programs lies, as sessions find it; null: none of them is installed. */
export function findProgram(names: readonly string[], env: Env): { name: string; path: string } | null {
  for (const name of names) {
    const places = isAbsolute(name) ? [name] : (env.PATH ?? "").split(delimiter).map((folder) => join(folder, name));
    const path = places.find((place) => place.startsWith("/") && isProgram(place));
    if (path !== undefined) return { name, path };
  }
  return null;
}

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** A file or a folder that we may read. */
export function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
