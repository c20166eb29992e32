import { useTranslation } from "react-i18next";
import type { Need } from "../api/overview.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { useOperationTitle } from "../operations/operation-title.ts";
import { useJobTypes } from "../pieces/job-types.ts";
import { useSize } from "../storage/use-size.ts";

interface NeedText {
  readonly text: string;
  /** What it is about, or the reason as it was given; null: the text says all. */
  readonly under: string | null;
}

/** What is the matter, in the reader's language. */
export function useNeedText({ code, count, subject, params }: Need): NeedText {
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  const { nameOf } = useJobTypes();
  const about = {
    kind: String(params.kind ?? ""),
    subject: { kind: String(params.subject_kind ?? ""), id: String(params.subject_id ?? "") },
  };
  const isOperation = code === "operations_failed" || code === "operations_waiting";
  const titleOf = useOperationTitle(isOperation && count === 1 ? [about] : []);
  const what = !isOperation
    ? ""
    : count === 1
      ? titleOf(about)
      : t(`kinds.${about.kind}`, { defaultValue: about.kind });
  // One whose limit is nothing has used nothing up.
  const told = code === "core_hours_spent" && params.none === 1 ? "core_hours_none" : code;
  const text = t(`overview.need.${told}`, {
    ...params,
    count,
    what,
    name: subject?.label ?? "",
    hang: params.hang === undefined ? "" : t(`hang.${params.hang}`),
    type: params.job_type === undefined ? "" : nameOf(String(params.job_type)),
    source: t(`overview.sources.${params.source}`, { defaultValue: String(params.source ?? "") }),
    free: size(Number(params.free ?? 0)),
    total: size(Number(params.total ?? 0)),
    defaultValue: code,
  });
  return { text, under: underOf() };

  function underOf(): string | null {
    if (code === "operations_waiting") return params.node ? t("overview.waitsFor", { node: params.node }) : null;
    if (code === "sessions_hanging" && subject !== null && params.job_type !== undefined) {
      return `${subject.label} · ${nameOf(String(params.job_type))} · ${t("sessions.number", { id: format.id(subject.id) })}`;
    }
    if (code === "people_pending") return subject?.label ?? null;
    const told = params.message ?? params.problem ?? params.path;
    return told === undefined || told === "" ? null : String(told);
  }
}
