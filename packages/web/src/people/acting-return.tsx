import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { stopActing } from "../api/acting.ts";
import { sessionQuery } from "../api/auth.ts";
import { browserLocale } from "../locales/locale.ts";
import { look, storedLook } from "../locales/look.ts";
import { useLocale } from "../locales/use-locale.tsx";
import classes from "./acting.module.css";

/**
 * Acting as somebody is over, and the administrator's own sign-in waits: whoever sits here goes back to it, or signs in
 * as somebody else, which ends it. Never by itself: it may be somebody else who sits here.
 */
export function ActingReturn() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { setLocale } = useLocale();
  const { data: session } = useQuery(sessionQuery);
  const back = useMutation({
    mutationFn: stopActing,
    // Everything anew: what was read belongs to another person.
    onSuccess: () => window.location.assign(`${import.meta.env.BASE_URL}people`),
    onError: () => client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  const over = session?.account === null && session.can_return === true;
  // What the page still has on is the look of the person whom one acted as.
  useEffect(() => {
    if (!over) return;
    look.set(storedLook(), false);
    void setLocale(browserLocale(), false);
  }, [over, setLocale]);
  if (back.isError) {
    return (
      <p role="alert" className={classes.over}>
        {t("acting.bothOver")}
      </p>
    );
  }
  if (!over) return null;
  return (
    <div role="status" className={classes.over}>
      <p>{t("acting.over")}</p>
      <Button variant="default" fullWidth loading={back.isPending} onClick={() => back.mutate()}>
        {t("acting.back")}
      </Button>
    </div>
  );
}
