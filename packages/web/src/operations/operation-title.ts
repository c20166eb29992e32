import { useTranslation } from "react-i18next";
import type { Operation } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";

/** What an operation is, as a person would say it: "Start of a session · Session 12". */
export function useOperationTitle(): (operation: Pick<Operation, "kind" | "subject">) => string {
  const { t } = useTranslation();
  const { format } = useLocale();
  return ({ kind, subject }) => {
    const what = t(`kinds.${kind}`, { defaultValue: kind });
    const about = t(`subjects.${subject.kind}`, { defaultValue: subject.kind });
    return `${what} · ${t("operations.about", { kind: about, id: format.id(subject.id) })}`;
  };
}
