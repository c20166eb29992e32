import { useTranslation } from "react-i18next";
import type { Webhook } from "../api/webhooks.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { deliveryStates } from "./chips.tsx";
import classes from "./webhooks.module.css";

/** How the last 20 deliveries went, the newest at the end: high arrived, low was given up, hollow waits. */
export function OutcomeStrip({ recent }: Pick<Webhook, "recent">) {
  const { t } = useTranslation();
  const { format } = useLocale();
  if (recent.length === 0) return <span className="quiet small">{t("webhooks.nothingSent")}</span>;
  const counts = deliveryStates
    .map((state) => ({ state, count: recent.filter((one) => one.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) =>
      t("webhooks.stripPart", { n: format.number(count), what: t(`webhooks.delivery.${state}`) }),
    );
  const told = t("webhooks.strip", { count: recent.length, parts: format.list(counts) });
  return (
    <span className={classes.strip} role="img" aria-label={told} title={told}>
      {recent.toReversed().map(({ id, state }) => (
        <span key={id} className={classes.outcome} data-state={state} />
      ))}
    </span>
  );
}
