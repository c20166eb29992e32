import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "../api/api-error.ts";
import { completeReset, confirmRegistration, whoseReset } from "../api/passwords.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import classes from "./auth.module.css";
import { AuthPage } from "./auth-page.tsx";
import { formValues } from "./form-values.ts";
import { PasswordField } from "./password-field.tsx";

/** The secret of a one-time link stands after the #, where no log and no Referer header sees it. */
function useLinkToken(): string {
  const [token] = useState(() => new URLSearchParams(window.location.hash.slice(1)).get("token") ?? "");
  return token;
}

export function ResetPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const token = useLinkToken();
  const whose = useQuery({
    queryKey: ["reset", token],
    queryFn: () => whoseReset(token),
    enabled: token !== "",
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const { username = "", full_name: name = "", first = false } = whose.data ?? {};
  const change = useMutation({
    mutationFn: (password: string) => completeReset(token, password),
    onSuccess: () =>
      navigate({ to: "/sign-in", search: { notice: first ? "firstDone" : "resetDone" }, state: { username } }),
  });
  return (
    <LinkPage
      title={first ? t("auth.welcome", { name: name || username }) : t("auth.resetTitle")}
      lead={first ? t("auth.welcomeLead") : ""}
      token={token}
      username={username}
      waits={whose.isLoading}
      over={whose.isError && asApiError(whose.error).details.reason === "link_invalid" ? whose.error : null}
      label={t("auth.newPassword")}
      fresh
      action={t("auth.setPassword")}
      pending={change.isPending}
      error={change.error}
      onSubmit={(password) => change.mutate(password)}
    />
  );
}

export function ConfirmPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const token = useLinkToken();
  const confirm = useMutation({
    mutationFn: (password: string) => confirmRegistration(token, password),
    onSuccess: () => navigate({ to: "/sign-in", search: { notice: "confirmed" } }),
  });
  return (
    <LinkPage
      title={t("auth.confirmTitle")}
      lead={t("auth.confirmLead")}
      token={token}
      label={t("auth.password")}
      action={t("auth.confirm")}
      pending={confirm.isPending}
      error={confirm.error}
      onSubmit={(password) => confirm.mutate(password)}
    />
  );
}

interface LinkPageProps {
  readonly title: string;
  readonly lead?: string;
  readonly token: string;
  /** Whose it is, where that is known. */
  readonly username?: string;
  /** It is still being found out. */
  readonly waits?: boolean;
  /** Why the link is good for nothing. */
  readonly over?: unknown;
  readonly label: string;
  readonly fresh?: boolean;
  readonly action: string;
  readonly pending: boolean;
  readonly error: unknown;
  onSubmit(password: string): void;
}

/** What a one-time link opens: one password field. */
function LinkPage(props: LinkPageProps) {
  const { t } = useTranslation();
  return (
    <AuthPage title={props.title} lead={props.token === "" ? t("auth.resetNoToken") : (props.lead ?? "")}>
      {props.waits && <RowsLoading rows={2} />}
      {props.over ? <ReasonCard error={props.over} /> : null}
      {props.token !== "" && !props.waits && !props.over && (
        <form
          className={classes.form}
          onSubmit={(event) => props.onSubmit(formValues(event, ["new_password"]).new_password)}
        >
          {props.username && (
            // Password managers keep the new password by it.
            <TextInput
              label={t("auth.username")}
              value={props.username}
              readOnly
              variant="unstyled"
              autoComplete="username"
            />
          )}
          <PasswordField name="new_password" label={props.label} fresh={props.fresh ?? false} autoFocus />
          {props.error ? <ReasonCard error={props.error} /> : null}
          <Button type="submit" size="md" loading={props.pending}>
            {props.action}
          </Button>
        </form>
      )}
      <div className={classes.links}>
        <Link to="/sign-in">{t("auth.toSignIn")}</Link>
      </div>
    </AuthPage>
  );
}
