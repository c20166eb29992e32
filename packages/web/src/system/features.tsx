import { useTranslation } from "react-i18next";
import type { Feature } from "../api/settings.ts";
import { IconBan, IconCircleCheck } from "../pieces/icons.ts";
import { Section } from "../pieces/page.tsx";
import classes from "./settings.module.css";

/** What is on, and what is off and would turn it on, as the start reports it. */
export function Features({ features }: { features: readonly Feature[] }) {
  const { t } = useTranslation();
  return (
    <Section title={t("system.features")}>
      <ul className={classes.features}>
        {features.map(({ name, on, why }) => {
          const Icon = on ? IconCircleCheck : IconBan;
          return (
            <li key={name} className={classes.feature} data-on={on}>
              <Icon size={18} role="img" aria-label={t(on ? "system.on" : "system.off")} />
              <span className={classes.title}>
                {t(`system.featureNames.${name.replaceAll(" ", "-")}`, { defaultValue: name })}
              </span>
              <span className="small quiet" dir="ltr" lang="en">
                {why}
              </span>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
