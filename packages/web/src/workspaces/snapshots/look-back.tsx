import { Button, Checkbox } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Past } from "../../api/files.ts";
import { snapshotsQuery, type WhyNot } from "../../api/snapshots.ts";
import type { Workspace } from "../../api/types.ts";
import { Empty } from "../../pieces/empty.tsx";
import { focusTitle } from "../../pieces/focus-title.ts";
import { may } from "../../pieces/may.ts";
import { Section } from "../../pieces/page.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { Breadcrumb } from "../files/breadcrumb.tsx";
import files from "../files/files.module.css";
import { placeSearch } from "../files/place-search.ts";
import { momentNamed, momentsOf } from "./moments.ts";
import { PastFolder } from "./past-folder.tsx";
import { Timeline } from "./timeline.tsx";

interface LookBackProps {
  readonly workspace: Workspace;
  readonly of: Past;
  readonly path: string;
  /** The file that was looked into last: its row gets the focus back. */
  readonly returnTo: string | null;
  /** It was opened on the page that one is at: the focus goes along. */
  readonly opened: boolean;
}

/** The workspace as it was: choose a moment, walk about in it, bring back. */
export function LookBack({ workspace, of, path, returnTo, opened }: LookBackProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [differing, setDiffering] = useState(false);
  const { data, error, isPending, refetch } = useQuery(snapshotsQuery(workspace.id));
  const moments = useMemo(() => momentsOf(data?.items ?? []), [data]);
  const chosen = momentNamed(moments, of.at);
  const there = { to: "/workspaces/$workspaceId", params: { workspaceId: String(workspace.id) } } as const;
  return (
    <Section
      title={t("snapshots.title")}
      action={
        <div className={files.actions}>
          {chosen !== undefined && (
            <Checkbox
              size="xs"
              label={t("snapshots.differing")}
              checked={differing}
              onChange={({ currentTarget }) => setDiffering(currentTarget.checked)}
            />
          )}
          <Button
            renderRoot={(props) => <Link {...props} {...there} search={placeSearch(workspace.id, path)} />}
            variant="default"
            size="xs"
            onClick={focusTitle}
          >
            {t("snapshots.backToNow")}
          </Button>
        </div>
      }
    >
      {isPending && <RowsLoading rows={6} height={36} />}
      {error !== null && data === undefined && <ReasonCard error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (!data.possible || moments.length === 0) && (
        <NotPossible why={data.why_not} onRetry={() => void refetch()} />
      )}
      {data?.possible && moments.length > 0 && (
        <>
          <Timeline
            moments={moments}
            chosen={chosen}
            focus={opened}
            onChoose={({ name }, passing) =>
              void navigate({
                ...there,
                search: placeSearch({ ...of, at: name }, path),
                resetScroll: false,
                replace: passing,
              })
            }
          />
          <Breadcrumb of={of} path={path} writable={false} moveInto={() => {}} />
          {chosen === undefined ? (
            <Empty text={t("snapshots.notKeptText")} />
          ) : (
            <PastFolder
              key={`${of.at}/${path}`}
              of={of}
              path={path}
              writable={may("workspace.write", workspace.status)}
              differing={differing}
              returnTo={returnTo}
            />
          )}
        </>
      )}
    </Section>
  );
}

function NotPossible({ why, onRetry }: { why: WhyNot | null; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <Empty
      title={t("snapshots.notPossible")}
      text={t(`snapshots.whyNot_${why ?? "none_yet"}`)}
      action={
        why === "away" && (
          <Button variant="default" onClick={onRetry}>
            {t("common.retry")}
          </Button>
        )
      }
    />
  );
}
