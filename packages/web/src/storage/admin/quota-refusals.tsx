import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { QuotaOutcome } from "../../api/storage.ts";
import many from "../../people/many.module.css";
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
    <section className={many.result} aria-label={t("adminStorage.refusals")}>
      <p role="status" className="warned">
        {t("adminStorage.refused", { count: refused.length, total: of })}
      </p>
      <ul className={many.refusals}>
        {refused.map(({ id, name, ...why }) => (
          <li key={id}>
            <Link to="/admin/storage/$subjectId" params={{ subjectId: String(id) }}>
              <bdi>{name}</bdi>
            </Link>
            <ServerSaid of={why} />
          </li>
        ))}
      </ul>
      <div className={many.ends}>
        <Button size="xs" variant="subtle" onClick={onClose}>
          {t("common.close")}
        </Button>
      </div>
    </section>
  );
}
