import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { HubHealth } from "../../api/hub-admin.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { BarRow, Bars } from "../../pieces/bars.tsx";
import { Section } from "../../pieces/page.tsx";
import classes from "./hub-admin.module.css";

const spans = ["hour", "day"] as const;

/** What starts came to, the most frequent first. */
export function Launches({ launches }: Pick<HubHealth, "launches">) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const [span, setSpan] = useState<(typeof spans)[number]>("day");
  const { by_outcome: outcomes, launches: all } = launches[span];
  return (
    <Section
      title={t("adminHub.launches")}
      action={
        <fieldset className={classes.spans} aria-label={t("adminHub.span")}>
          {spans.map((one) => (
            <Button
              key={one}
              size="compact-sm"
              variant={one === span ? "default" : "subtle"}
              aria-pressed={one === span}
              onClick={() => setSpan(one)}
            >
              {t(`adminHub.spans.${one}`)}
            </Button>
          ))}
        </fieldset>
      }
    >
      {all === 0 && <p className="quiet">{t("adminHub.noLaunches")}</p>}
      <Bars>
        {outcomes.map(({ outcome, launches: count, mean_ms: mean }) => (
          <BarRow
            key={outcome}
            name={
              <span>
                {outcome === "ok"
                  ? t("adminHub.ok")
                  : t(`adminHub.cause.${outcome}`, { defaultValue: t("adminHub.cause.unknown") })}
              </span>
            }
            figure={
              <>
                {format.number(count)} <small className="quiet">{format.took(mean)}</small>
              </>
            }
            share={count / all}
            tone={outcome === "ok" ? "good" : outcome === "cancelled" ? "quiet" : "bad"}
          />
        ))}
      </Bars>
    </Section>
  );
}
