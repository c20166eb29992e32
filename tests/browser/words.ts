import en from "../../packages/web/src/locales/en.json" with { type: "json" };
import fa from "../../packages/web/src/locales/fa.json" with { type: "json" };
import { isolated } from "../../packages/web/src/locales/isolated.ts";

export type Locale = "en" | "fa";
type Tree = { readonly [key: string]: string | Tree };

const catalogues: Readonly<Record<Locale, Tree>> = { en, fa };

/** The portal's own words, so that tests find things by what people read: `words("fa")("auth.signIn")`. */
export function words(locale: Locale): (key: string, values?: Readonly<Record<string, string>>) => string {
  return (key, values = {}) => {
    let found: string | Tree | undefined = catalogues[locale];
    for (const part of key.split(".")) found = typeof found === "object" ? found[part] : undefined;
    if (typeof found !== "string") throw new Error(`no such words: ${key}`);
    // What no value was given for stays as it is, for tests that put a pattern there.
    return found.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => {
      const value = values[name];
      return value === undefined ? whole : isolated(value);
    });
  };
}
