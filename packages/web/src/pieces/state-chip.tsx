import { useTranslation } from "react-i18next";
import classes from "./state-chip.module.css";
import { lookOf } from "./states.ts";
import { When } from "./when.tsx";

type Domain =
  | "workspace"
  | "session"
  | "hub"
  | "hubToken"
  | "operation"
  | "account"
  | "token"
  | "audit"
  | "chain"
  | "share"
  | "mail"
  | "announcement";

/** A state: icon or spinner, word, and since when. */
export function StateChip({ domain, state, since }: { domain: Domain; state: string; since?: string | null }) {
  const { t } = useTranslation();
  const look = lookOf(domain, state);
  const Icon = look?.icon;
  return (
    <span className={classes.chip} data-tone={look?.tone ?? "quiet"} data-state={state}>
      {Icon ? <Icon size={16} stroke={2} aria-hidden="true" /> : look && <span className={classes.spinner} />}
      <span>{look ? t(`states.${look.word}`) : t("states.unknown", { state })}</span>
      {since && (
        <span className={classes.since}>
          <When at={since} />
        </span>
      )}
    </span>
  );
}
