import { useTranslation } from "react-i18next";
import { isLive } from "../api/sessions.ts";
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

/** What is as it should be, and what may be reached by others; the rest is neither. */
const looks: Readonly<Record<string, "good" | "open">> = {
  account: "good",
  sandbox: "good",
  "account-and-sandbox": "good",
  none: "open",
  closed: "good",
  pasta: "good",
  slirp4netns: "good",
  "cgroup-v2": "good",
  "cgroup-v1": "good",
  "cgroup-kill": "good",
  "cgroup-freezer": "good",
  "pid-namespace": "good",
};

/** What it is kept apart by, and held to its limits: a word each, and what that means for who wants to know. */
export function KeptApart({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { means } = session;
  if (means === null || !isLive(session)) return null;
  const facts = (["isolation", "network", "limits", "ending"] as const).map((kind) => ({ kind, by: means[kind] }));
  return (
    <Section title={t("means.title")}>
      <ul className={classes.means}>
        {facts.map(({ kind, by }) => {
          const Picture = by === "closed" ? IconNetworkOff : pictures[kind];
          return (
            <li key={kind} data-look={looks[by]}>
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
