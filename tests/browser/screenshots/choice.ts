import { parseArgs } from "node:util";
import { type DataKind, dataKinds, type Look, looks } from "./looks.ts";
import { type Pictured, pictured } from "./pages.ts";

export interface Choice {
  readonly pages: readonly Pictured[];
  readonly looks: readonly Look[];
  readonly kinds: readonly DataKind[];
}

/** What `--help` says: the options, and all that each can be. */
export function usage(): string {
  const listed = (option: string, all: readonly string[]) => `  --${option} ${all.join(", ")}`;
  return [
    "npm run screenshots -- [--page NAME,…] [--look NAME,…] [--data KIND,…]",
    "Pictures of every page, in every look, with every kind of data; only those that are named, where some are.",
    'A look may be named in part: "fa" is every Persian one. They go to artifacts/screenshots/index.html.',
    "",
    listed(
      "page",
      pictured.map(({ name }) => name),
    ),
    listed(
      "look",
      looks.map(({ name }) => name),
    ),
    listed("data", dataKinds),
  ].join("\n");
}

/**
 * `--page workspaces,home --look fa-dark-390 --data absurd`; all of what is not named. A look may be named in part:
 * `--look fa` is every Persian one.
 * @throws Error that says what there is
 */
export function readChoice(args: readonly string[]): Choice {
  const { values } = parseArgs({
    args: [...args],
    options: { page: { type: "string" }, look: { type: "string" }, data: { type: "string" } },
  });
  return {
    pages: pick("page", values.page, pictured, ({ name }, wanted) => name === wanted),
    looks: pick("look", values.look, looks, ({ name }, wanted) =>
      wanted.split("-").every((part) => name.split("-").includes(part)),
    ),
    kinds: pick("data", values.data, dataKinds, (kind, wanted) => kind === wanted),
  };
}

function pick<T extends string | { readonly name: string }>(
  option: string,
  wanted: string | undefined,
  all: readonly T[],
  fits: (one: T, wanted: string) => boolean,
): readonly T[] {
  if (wanted === undefined) return all;
  const words = wanted.split(",");
  const unknown = words.find((word) => !all.some((one) => fits(one, word)));
  if (unknown !== undefined) {
    const names = all.map((one) => (typeof one === "string" ? one : one.name));
    throw new Error(`--${option} ${unknown}: there is none. Choose of: ${names.join(", ")}`);
  }
  return all.filter((one) => words.some((word) => fits(one, word)));
}
