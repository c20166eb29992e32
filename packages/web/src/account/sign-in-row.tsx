import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { SignIn } from "../api/sign-ins.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconDeviceLaptop, IconKey } from "../pieces/icons.ts";
import rows from "../pieces/rows.module.css";
import { When } from "../pieces/when.tsx";

/** One place where one is signed in; this very one is left by signing out. */
export function SignInRow(props: { signIn: SignIn; ending: boolean; onEnd: () => void }) {
  const { signIn } = props;
  const { t } = useTranslation();
  const { format } = useLocale();
  const { browser, system } = signIn.agent;
  const isToken = signIn.kind === "uws_token";
  const Icon = isToken ? IconKey : IconDeviceLaptop;
  const device = browser && system ? t("signIns.device", { browser, system }) : (browser ?? system);
  const name = device ?? t(isToken ? "signIns.token" : "signIns.unknown");
  return (
    <li className={rows.row}>
      <Icon size={20} stroke={1.75} aria-hidden="true" className={rows.icon} />
      <div className={rows.main}>
        <span>
          <span>{name}</span>
          {isToken && device && <span className="quiet"> · {t("signIns.token")}</span>}
          {signIn.current && <strong> · {t("signIns.current")}</strong>}
        </span>
        <span className={rows.under}>
          {signIn.address && (
            <>
              <bdi className="mono">{signIn.address}</bdi>
              {" · "}
            </>
          )}
          {signIn.last_used_at ? <When at={signIn.last_used_at} /> : t("signIns.unused")}
          {` · ${t("signIns.since", { date: format.date(signIn.created_at) })}`}
        </span>
      </div>
      {!signIn.current && (
        <div className={rows.end}>
          <Button
            variant="subtle"
            size="compact-sm"
            color="bad"
            aria-label={t("signIns.endOne", { name })}
            loading={props.ending}
            onClick={props.onEnd}
          >
            {t("signIns.end")}
          </Button>
        </div>
      )}
    </li>
  );
}
