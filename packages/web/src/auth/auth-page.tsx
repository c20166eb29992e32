import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { LanguageSwitch } from "../frame/language-switch.tsx";
import { Mark } from "../pieces/mark.tsx";
import { Announced } from "../system/announced.tsx";
import classes from "./auth.module.css";

/** The calm page around every form before sign-in. */
export function AuthPage({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · ${t("name")}`;
  }, [title, t]);
  return (
    <div className={classes.page}>
      <header className={classes.top}>
        <LanguageSwitch />
      </header>
      <main className={classes.main}>
        <div className={classes.brand}>
          <Mark size={44} />
          <span>{t("name")}</span>
        </div>
        <Announced />
        <h1 data-page-title className={classes.title}>
          {title}
        </h1>
        {lead && <p className="quiet">{lead}</p>}
        {children}
      </main>
    </div>
  );
}
