import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { OwnHub } from "../../api/hub.ts";
import classes from "../hub.module.css";

interface BackAgainProps {
  readonly hub: OwnHub | undefined;
  readonly isRunning: boolean;
  onAgain(): void;
  onBare(): void;
}

/** For who was sent to the hub and is here again: what may be wrong there, each with what to do about it. */
export function BackAgain({ hub, isRunning, onAgain, onBare }: BackAgainProps) {
  const { t } = useTranslation();
  const origin = hub?.public_url ?? null;
  return (
    <>
      <div role="status">
        <strong>{t("jupyter.way.backTitle")}</strong>
        <p>{t("jupyter.way.backText")}</p>
      </div>
      <ul className={classes.reasons}>
        <li>
          <strong>{t("jupyter.way.backCookies")}</strong>
          <span>{t("jupyter.way.backCookiesDo", { host: origin === null ? "JupyterHub" : new URL(origin).host })}</span>
        </li>
        <li>
          <strong>{t("jupyter.way.backUser")}</strong>
          <span>{t("jupyter.way.backUserDo", { name: hub?.user?.name ?? "" })}</span>
          {origin !== null && (
            <a href={`${origin}/hub/logout`} target="_blank" rel="noreferrer">
              {t("jupyter.way.signOutHub")}
            </a>
          )}
        </li>
        <li>
          <strong>{t("jupyter.way.backSignIn")}</strong>
          <span>{t("jupyter.way.backSignInDo")}</span>
          {isRunning && (
            <Button variant="default" size="xs" onClick={onBare}>
              {t("jupyter.way.without")}
            </Button>
          )}
        </li>
      </ul>
      <div className={classes.buttons}>
        <Button size="lg" onClick={onAgain}>
          {t("jupyter.again")}
        </Button>
      </div>
    </>
  );
}
