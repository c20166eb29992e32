import { Button } from "@mantine/core";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/api-error.ts";
import { Empty } from "../pieces/empty.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";

/** An address that leads nowhere. */
export function MissingPage() {
  const { t } = useTranslation();
  return (
    <Empty
      title={t("errors.notFoundTitle")}
      text={t("errors.notFoundText")}
      action={<Link to="/">{t("errors.toHome")}</Link>}
    />
  );
}

/** A page that could not be drawn: the server did not answer, or the fault is ours. */
export function CrashPage({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  if (error instanceof ApiError) {
    return (
      <main>
        <ReasonCard title={t("errors.offline")} error={error} onRetry={() => window.location.reload()} />
      </main>
    );
  }
  return (
    <Empty
      title={t("errors.crash")}
      text={t("errors.crashText")}
      action={
        <Button
          onClick={() => {
            reset();
            window.location.reload();
          }}
        >
          {t("errors.reload")}
        </Button>
      }
    />
  );
}
