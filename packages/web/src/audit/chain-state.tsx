import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { verificationQuery } from "../api/audit.ts";
import { shownError } from "../api/query-trouble.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { StateChip } from "../pieces/state-chip.tsx";
import { When } from "../pieces/when.tsx";
import classes from "./audit.module.css";

/** Whether anybody changed, removed or reordered entries. */
export function ChainState() {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(verificationQuery);
  if (shownError({ data, error }) !== null) return <ReasonCard error={error} onRetry={() => void refetch()} />;
  if (!data) return <p className="quiet">{t("audit.lead")}</p>;
  return (
    <p className={classes.chain}>
      <StateChip domain="chain" state={data.ok ? "verified" : "broken"} />{" "}
      <span className="quiet">
        {data.ok
          ? t("audit.verified", { count: data.entries })
          : t("audit.broken", { problem: data.problems?.[0]?.what ?? "" })}{" "}
        <When at={data.at} />
      </span>
    </p>
  );
}
