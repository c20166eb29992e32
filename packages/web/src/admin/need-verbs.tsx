import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { cloneElement, type ReactElement, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { startVerification } from "../api/audit.ts";
import { lookAtFailed, retryFailed } from "../api/operations.ts";
import type { Need } from "../api/overview.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import classes from "./overview.module.css";
import { RetireHost } from "./retire-host.tsx";

/** What settles it here, and the way to where one sees more. */
export function NeedVerbs({ need }: { need: Need }) {
  const { t } = useTranslation();
  const kind = String(need.params.kind ?? "");
  return (
    <div className={classes.verbs}>
      {need.code === "operations_failed" && (
        <>
          <Verb
            label={t(need.count === 1 ? "overview.retry" : "overview.retryAll")}
            run={() => retryFailed({ kind })}
            strong
          />
          <Verb label={t("overview.seen")} run={() => lookAtFailed({ kind })} />
        </>
      )}
      {need.code.startsWith("audit_") && <Verb label={t("overview.verify")} run={startVerification} strong />}
      {need.code === "host_silent" && <RetireHost node={need.subject?.id ?? ""} />}
      <Look need={need} />
    </div>
  );
}

/** A verb on what is the matter; a refusal stands beside it. */
function Verb({ label, run, strong = false }: { label: string; run: () => Promise<unknown>; strong?: boolean }) {
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: run,
    onSuccess: () =>
      Promise.all([["overview"], ["operations"], ["audit"]].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  return (
    <>
      <Button
        variant={strong ? "default" : "subtle"}
        size="compact-sm"
        loading={act.isPending}
        onClick={() => act.mutate()}
      >
        {label}
      </Button>
      {act.isError && <ReasonCard error={act.error} />}
    </>
  );
}

/** The page on which it can be seen, and settled. */
function Look({ need: { code, count, subject, params } }: { need: Need }): ReactNode {
  const { t } = useTranslation();
  const look = t("overview.look");
  const id = subject?.id ?? "";
  switch (code) {
    case "operations_failed": {
      const one = count === 1 ? { id } : { state: "unseen", kind: String(params.kind) };
      return <Door link={<Link to="/operations" search={one} />} word={look} />;
    }
    case "sessions_hanging":
      return subject === null ? (
        <Door link={<Link to="/admin/sessions" search={{ hanging: "true" }} />} word={look} />
      ) : (
        <Door
          link={<Link to="/sessions/$sessionId" params={{ sessionId: id }} search={{ from: "all" }} />}
          word={look}
        />
      );
    case "host_lost":
      return <Door link={<Link to="/admin/sessions" search={{ host: id, state: "live" }} />} word={look} />;
    case "operations_waiting":
      return (
        <Door
          link={
            <Link to="/operations" search={count === 1 ? { id } : { state: "queued", kind: String(params.kind) }} />
          }
          word={look}
        />
      );
    case "mail_unset":
      return <Door link={<Link to="/mails" />} word={look} />;
    case "job_type_failing":
      return <Door link={<Link to="/admin/sessions" search={{ program: id, state: "failed" }} />} word={look} />;
    case "people_pending":
      return subject === null ? (
        <Door link={<Link to="/people" />} word={look} />
      ) : (
        <Door link={<Link to="/people/$personId" params={{ personId: id }} />} word={t("overview.approve")} />
      );
    case "core_hours_spent":
    case "deletion_due":
      return subject?.kind === "group" ? (
        <Door link={<Link to="/groups/$groupId" params={{ groupId: id }} />} word={look} />
      ) : (
        <Door link={<Link to="/people/$personId" params={{ personId: id }} />} word={look} />
      );
    case "storage_over":
      return <Door link={<Link to="/admin/storage" search={{ only: "over" }} />} word={look} />;
    case "part_down":
      return subject?.kind === "hub" ? <Door link={<Link to="/admin/hub" />} word={look} /> : null;
    case "mails_kept":
    case "mails_failed":
      return <Door link={<Link to="/mails" />} word={look} />;
    case "audit_broken":
    case "audit_unverified":
    case "audit_unsealed":
      return <Door link={<Link to="/audit" />} word={look} />;
    default:
      return null;
  }
}

function Door({ link, word }: { link: ReactElement<object>; word: string }) {
  return (
    <Button variant="default" size="compact-sm" renderRoot={(props) => cloneElement(link, props)}>
      {word}
    </Button>
  );
}
