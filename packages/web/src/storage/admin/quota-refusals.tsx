import { useTranslation } from "react-i18next";
import type { QuotaOutcome } from "../../api/storage.ts";
import many from "../../people/many.module.css";
import { RefusedSubject, ResultOfMany } from "./result-of-many.tsx";
import { ServerSaid } from "./server-said.tsx";

interface QuotaRefusalsProps {
  readonly of: number;
  readonly refused: readonly (Pick<QuotaOutcome, "id" | "problem" | "problem_code"> & { readonly name: string })[];
  onClose(): void;
}

/** Who could not have the quota that many were given, and why. */
export function QuotaRefusals({ of, refused, onClose }: QuotaRefusalsProps) {
  const { t } = useTranslation();
  return (
    <ResultOfMany label={t("adminStorage.refusals")} onClose={onClose}>
      <p role="status" className="warned">
        {t("adminStorage.refused", { count: refused.length, total: of })}
      </p>
      <ul className={many.refusals}>
        {refused.map(({ id, name, ...why }) => (
          <RefusedSubject key={id} id={id} name={name}>
            <ServerSaid of={why} />
          </RefusedSubject>
        ))}
      </ul>
    </ResultOfMany>
  );
}
