import { UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Delivery } from "../api/webhooks.ts";
import { useLocale } from "../locales/use-locale.tsx";
import rows from "../pieces/rows.module.css";
import { When } from "../pieces/when.tsx";
import { DeliveryChip } from "./chips.tsx";
import { useEventWords } from "./event-words.ts";
import classes from "./webhooks.module.css";

/** One delivery: what of, when, how the last attempt went, when the next one is. */
export function DeliveryRow({ delivery, onOpen }: { delivery: Delivery; onOpen: () => void }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const words = useEventWords();
  const { type, state, attempts, created_at: at, next_at: next, replay_of: again, last } = delivery;
  return (
    <div className={classes.row}>
      <div className={rows.main}>
        <UnstyledButton className={`${rows.link} ${classes.open}`} onClick={onOpen}>
          {words.of(type)}
        </UnstyledButton>
        <span className={`${rows.under} ${rows.parts}`}>
          <span>
            <bdi className="mono">{type}</bdi>
          </span>
          <span>
            <When at={at} />
          </span>
          {last?.status != null && <span>{t("webhooks.status", { status: format.id(last.status) })}</span>}
          {last && <span>{format.took(last.duration_ms)}</span>}
          {attempts > 1 && <span>{t("webhooks.attempts", { count: attempts })}</span>}
          {again !== null && <span>{t("webhooks.again")}</span>}
          {next !== null && attempts > 0 && (
            <span>
              {t("webhooks.next")} <When at={next} />
            </span>
          )}
        </span>
        {last?.error && state !== "delivered" && (
          <span className={`${rows.under} clip`} dir="auto">
            {last.error}
          </span>
        )}
      </div>
      <span className={classes.state}>
        <DeliveryChip state={state} />
      </span>
    </div>
  );
}
