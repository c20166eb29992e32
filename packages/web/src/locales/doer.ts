import type { TFunction } from "i18next";

/** How the server writes an administrator who acts as somebody: both user names, which have no spaces. */
const both = /^(\S+) for (\S+)$/;

/** Who did something, as a sentence names them: each name kept apart, the word between them the reader's. */
export function doerIn(t: TFunction, label: string): string {
  const [, by, name] = both.exec(label) ?? [];
  return by === undefined || name === undefined ? label : t("acting.doer", { by, name });
}

/** What a sentence is filled with, its `actor` as the reader's language names them. */
export function withDoer<Params extends Readonly<Record<string, unknown>>>(t: TFunction, params: Params): Params {
  return typeof params.actor === "string" ? { ...params, actor: doerIn(t, params.actor) } : params;
}
