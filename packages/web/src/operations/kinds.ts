import type { TFunction } from "i18next";

type Names = { readonly [name: string]: string | Names };

/** Every kind that there is a name for: `session.start`. */
export function knownKinds(names: Names, above = ""): string[] {
  return Object.entries(names).flatMap(([name, inside]) =>
    typeof inside === "string" ? [above + name] : knownKinds(inside, `${above}${name}.`),
  );
}

/** The names of all kinds in the catalogues. */
const group = "kinds";

/** For a choice: by their names in the reader's language; one asked for that has none stays to be seen. */
export function kindOptions(t: TFunction, wanted: string | undefined) {
  const kinds = knownKinds(t(group, { returnObjects: true }) as Names);
  const all = wanted === undefined || kinds.includes(wanted) ? kinds : [...kinds, wanted];
  const options = all.map((value) => ({ value, label: t(`kinds.${value}`, { defaultValue: value }) }));
  return options.toSorted((a, b) => a.label.localeCompare(b.label));
}
