import type { PageOptions } from "../portal-page.ts";

/** A language, a colour scheme and a width in pixels, called as `fa-dark-390`. */
export interface Look extends Required<PageOptions> {
  readonly name: string;
}

const locales = ["en", "fa"] as const;
const schemes = ["light", "dark"] as const;
const widths = [1440, 390] as const;

export const looks: readonly Look[] = locales.flatMap((locale) =>
  schemes.flatMap((scheme) => widths.map((width) => ({ locale, scheme, width, name: `${locale}-${scheme}-${width}` }))),
);

/** Each language, scheme and width once with each other one: what most faults show in. */
export const fourLooks = looks.filter(({ name }) =>
  ["en-light-1440", "en-dark-390", "fa-dark-1440", "fa-light-390"].includes(name),
);

/** What the server has to tell, or that it tells nothing. */
export const dataKinds = ["none", "typical", "absurd", "loading", "error", "away"] as const;
export type DataKind = (typeof dataKinds)[number];
