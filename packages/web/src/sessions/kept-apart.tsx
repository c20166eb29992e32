import { useTranslation } from "react-i18next";
import type { Means, Session } from "../api/types.ts";
import { type Icon, IconCpu, IconNetworkOff, IconPower, IconShieldCheck, IconWorld } from "../pieces/icons.ts";
import { Section } from "../pieces/page.tsx";
import classes from "./kept-apart.module.css";

const pictures: Readonly<Record<keyof Means, Icon>> = {
  isolation: IconShieldCheck,
  network: IconWorld,
  limits: IconCpu,
  ending: IconPower,
};

/** What it is kept apart by, and held to its limits: a word each, and what that means for who wants to know. */
export function KeptApart({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { means } = session;
  if (means === null) return null;
  const facts = (["isolation", "network", "limits", "ending"] as const).map((kind) => ({ kind, by: means[kind] }));
  return (
    <Section title={t("means.title")}>
      <ul className={classes.means}>
        {facts.map(({ kind, by }) => {
          const Picture = by === "closed" ? IconNetworkOff : pictures[kind];
          return (
            <li key={kind} data-open={by === "none" || undefined}>
              <Picture size={18} stroke={1.75} aria-hidden="true" />
              <details>
                <summary>{t(`means.${kind}.${by}`)}</summary>
                <p>{t(`meansHelp.${kind}.${by}`)}</p>
              </details>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
