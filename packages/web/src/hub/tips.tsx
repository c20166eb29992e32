import { useTranslation } from "react-i18next";
import type { OwnHub } from "../api/hub.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { CopyLine } from "../pieces/copy-line.tsx";
import { Section } from "../pieces/page.tsx";
import classes from "./hub.module.css";

/** What is good to know of one's server, and the address that leads into it. */
export function Tips({ hub }: { hub: OwnHub }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const idle = hub.idle_minutes;
  return (
    <Section title={t("jupyter.help.title")}>
      <ul className={classes.tips}>
        <li>
          <p>{t("jupyter.help.address")}</p>
          <CopyLine text={`${window.location.origin}/portal/jupyter/open`} label={t("jupyter.help.addressIs")} />
        </li>
        <li>{t("jupyter.help.files")}</li>
        {idle > 0 && <li>{t("jupyter.help.idle", { time: format.duration(idle * 60) })}</li>}
        <li>{t("jupyter.help.stop")}</li>
      </ul>
    </Section>
  );
}
