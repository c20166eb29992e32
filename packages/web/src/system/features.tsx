import { useTranslation } from "react-i18next";
import type { Feature } from "../api/settings.ts";
import { IconAlertTriangle, IconBan, IconCircleCheck } from "../pieces/icons.ts";
import { Section } from "../pieces/page.tsx";
import { toldOf } from "./feature-words.ts";
import classes from "./settings.module.css";

/** What is on, and what is off and would turn it on, as the start reports it. */
export function Features({ features }: { features: readonly Feature[] }) {
  const { t } = useTranslation();
  return (
    <Section title={t("system.features")}>
      <ul className={classes.features}>
        {features.map((feature) => {
          const { name, on, why } = feature;
          const { word, values, wanting } = toldOf(feature);
          const Icon = wanting ? IconAlertTriangle : on ? IconCircleCheck : IconBan;
          const state = wanting ? "wanting" : on ? "on" : "off";
          return (
            <li key={name} className={classes.feature} data-state={state}>
              <Icon size={18} role="img" aria-label={t(`system.${state}`)} />
              <span className={classes.title}>
                {t(`system.featureNames.${name.replaceAll(" ", "-")}`, { defaultValue: name })}
              </span>
              {word === null ? (
                <span className="small quiet" dir="ltr" lang="en">
                  {why}
                </span>
              ) : (
                <span className="small quiet">{t(`system.featureSays.${word}`, values)}</span>
              )}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
