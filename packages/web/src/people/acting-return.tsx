import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { stopActing } from "../api/acting.ts";
import { sessionQuery } from "../api/auth.ts";
import classes from "./acting.module.css";

/**
 * Acting as somebody is over, and the administrator's own sign-in waits: whoever sits here goes back to it, or signs in
 * as somebody else, which ends it. Never by itself: it may be somebody else who sits here.
 */
export function ActingReturn() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data: session } = useQuery(sessionQuery);
  const back = useMutation({
    mutationFn: stopActing,
    // Everything anew: what was read belongs to another person.
    onSuccess: () => window.location.assign(`${import.meta.env.BASE_URL}people`),
    onError: () => client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  if (back.isError) {
    return (
      <p role="alert" className={classes.over}>
        {t("acting.bothOver")}
      </p>
    );
  }
  if (session?.account || session?.can_return !== true) return null;
  return (
    <div role="status" className={classes.over}>
      <p>{t("acting.over")}</p>
      <Button variant="default" fullWidth loading={back.isPending} onClick={() => back.mutate()}>
        {t("acting.back")}
      </Button>
    </div>
  );
}
