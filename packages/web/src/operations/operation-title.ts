import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { sentSharesQuery } from "../api/shares.ts";
import type { Operation } from "../api/types.ts";
import { workspacesQuery } from "../api/workspaces.ts";
import type { Format } from "../locales/format.ts";
import { useLocale } from "../locales/use-locale.tsx";

type Titled = Pick<Operation, "kind" | "subject">;

/** The subject's name as far as the reader may know it. */
export type NameOf = (subject: Operation["subject"]) => string | undefined;

/** What an operation is, as a person would say it: "Start of a session · Session 12". */
export function operationTitle(t: TFunction, format: Pick<Format, "id">, nameOf: NameOf, one: Titled): string {
  const { kind, subject } = one;
  const what = t(`kinds.${kind}`, { defaultValue: kind });
  // The server's own upkeep is about all there is of something, and a change of many about many, as its title says.
  if (subject.id === "all" || subject.id === "many") return what;
  // Somebody's only server at the hub has no name.
  if (subject.kind === "hub-server" && subject.id.endsWith("/")) return what;
  const about = t(`subjects.${subject.kind}`, { defaultValue: subject.kind });
  const name = nameOf(subject);
  const target =
    name === undefined
      ? t("operations.about", { kind: about, id: format.id(subject.id) })
      : t("operations.aboutNamed", { kind: about, name });
  return `${what} · ${target}`;
}

/** @param operations those whose titles are asked for: what they are about is looked up by name */
export function useOperationTitle(operations: readonly Titled[]): (operation: Titled) => string {
  const { t } = useTranslation();
  const { format } = useLocale();
  const isAbout = (kind: string) => operations.some(({ subject }) => subject.kind === kind);
  const workspaces = useQuery({ ...workspacesQuery, enabled: isAbout("workspace") });
  const sent = useQuery({ ...sentSharesQuery, enabled: isAbout("shared_workspace") });
  const nameOf: NameOf = ({ kind, id }) => {
    const known = kind === "workspace" ? workspaces.data : kind === "shared_workspace" ? sent.data?.items : undefined;
    return known?.find((one) => String(one.id) === id)?.name;
  };
  return (operation) => operationTitle(t, format, nameOf, operation);
}
