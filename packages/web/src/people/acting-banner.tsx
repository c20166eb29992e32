import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { stopActing } from "../api/acting.ts";
import { sessionQuery } from "../api/auth.ts";
import type { ActedAs, Me } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconEye, IconUserShield } from "../pieces/icons.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import classes from "./acting.module.css";

/** Everything anew: what was read belongs to another person. */
const leaveTo = (path: string) => window.location.assign(import.meta.env.BASE_URL + path);

/** "You act as X until 14:20 · Stop"; to the person: who acts as them, and why. */
export function ActingBanner() {
  const { data: session } = useQuery(sessionQuery);
  const account = session?.account;
  if (!account) return null;
  return (
    <div role="status" className={classes.banners}>
      {session.acting && <OneActs account={account} acting={session.acting} />}
      {session.acted_as_by?.map((one) => (
        <OneIsActedAs key={one.id} acting={one} />
      ))}
    </div>
  );
}

function OneActs({ account, acting }: { account: Me; acting: ActedAs }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const client = useQueryClient();
  const stop = useMutation({
    mutationFn: stopActing,
    onSuccess: () => leaveTo(`people/${account.id}`),
    // Its own sign-in is over too: the sign-in page comes.
    onError: () => client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  useEndOf(acting);
  return (
    <div className={classes.banner} data-tone="acting">
      <IconUserShield size={20} aria-hidden="true" className={classes.icon} />
      <span className={classes.words}>
        <strong>
          {t("acting.you", {
            name: account.full_name || account.username,
            time: format.time(new Date(acting.ends_at)),
          })}
        </strong>{" "}
        <span className={classes.why}>{t("acting.recorded")}</span>
      </span>
      <Button size="xs" loading={stop.isPending} onClick={() => stop.mutate()}>
        {t("acting.stop")}
      </Button>
      {stop.isError && <ReasonCard error={stop.error} />}
    </div>
  );
}

function OneIsActedAs({ acting }: { acting: ActedAs }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  useEndOf(acting);
  const name = acting.by.full_name || acting.by.username;
  return (
    <div className={classes.banner} data-tone="seen">
      <IconEye size={20} aria-hidden="true" className={classes.icon} />
      <span className={classes.words}>
        {t("acting.seen", { name, time: format.time(new Date(acting.ends_at)) })}{" "}
        <span className={classes.why}>{t("acting.because", { reason: acting.reason })}</span>
      </span>
      <Link to="/account/security" hash="acted-as">
        {t("acting.look")}
      </Link>
    </div>
  );
}

/** Asks who one is once the time is over. */
function useEndOf({ ends_at }: ActedAs): void {
  const client = useQueryClient();
  useEffect(() => {
    const left = Math.max(0, Date.parse(ends_at) - Date.now()) + 500;
    const timer = setTimeout(() => void client.invalidateQueries({ queryKey: sessionQuery.queryKey }), left);
    return () => clearTimeout(timer);
  }, [client, ends_at]);
}
