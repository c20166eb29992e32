import { UnstyledButton } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { sessionQuery, signOut } from "../api/auth.ts";
import type { Me } from "../api/types.ts";
import { adopt, asItComes } from "../locales/look.ts";
import { forgetPerson } from "../pieces/forget-person.ts";
import { IconLogout } from "../pieces/icons.ts";
import classes from "./frame.module.css";

/** Ends the sign-in, and takes what this browser kept of the person with it. */
export function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = useMutation({
    mutationFn: signOut,
    onSettled: async () => {
      // The next one at this computer may like it otherwise.
      adopt(asItComes);
      forgetPerson();
      client.clear();
      await client.fetchQuery(sessionQuery);
      await navigate({ to: "/sign-in" });
    },
  });
  return async () => leave.mutate();
}

/** @param account whose name it tells on hover */
export function SignOutButton({ account }: { account?: Me }) {
  const { t } = useTranslation();
  const signOutNow = useSignOut();
  return (
    <UnstyledButton
      className={classes.place}
      onClick={() => void signOutNow()}
      title={account ? t("frame.signedInAs", { name: account.username }) : undefined}
    >
      <IconLogout size={20} stroke={1.75} aria-hidden="true" className="along" />
      <span className={classes.word}>{t("frame.signOut")}</span>
    </UnstyledButton>
  );
}
