import { ActionIcon } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "../api/api-error.ts";
import { replacingError } from "../api/query-trouble.ts";
import type { Workspace } from "../api/types.ts";
import { workspaceQuery } from "../api/workspaces.ts";
import { openedWords, pastWords } from "../locales/i18n.ts";
import { Empty } from "../pieces/empty.tsx";
import { IconDots } from "../pieces/icons.ts";
import { may } from "../pieces/may.ts";
import { Page, showSection } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { StateChip } from "../pieces/state-chip.tsx";
import { Files } from "./files/files.tsx";
import { placeSearch } from "./files/place-search.ts";
import { ShareButton } from "./sharing/share-button.tsx";
import { ShareSection } from "./sharing/share-section.tsx";
import { WorkspaceHistory } from "./workspace-history.tsx";
import classes from "./workspace-page.module.css";
import { WorkspaceSessions } from "./workspace-sessions.tsx";
import { WorkspaceSettings } from "./workspace-settings.tsx";
import { WorkspaceTitle } from "./workspace-title.tsx";

/** Loaded with the first file that somebody looks into. */
const Preview = lazy(async () => {
  const [module] = await Promise.all([import("./files/preview/preview.tsx"), openedWords()]);
  return { default: module.Preview };
});

/** Loaded with the first look back, and its words. */
const LookBack = lazy(async () => {
  const [module] = await Promise.all([import("./snapshots/look-back.tsx"), pastWords()]);
  return { default: module.LookBack };
});

const route = getRouteApi("/signed-in/workspaces/$workspaceId");

export function WorkspacePage() {
  const { t } = useTranslation();
  const { workspaceId } = route.useParams();
  const workspace = useQuery(workspaceQuery(Number(workspaceId)));
  const above = <Link to="/workspaces">{t("workspaces.title")}</Link>;
  if (workspace.isPending) {
    return (
      <Page title={t("common.loading")} above={above} aside={<RowsLoading rows={3} height={84} />}>
        <RowsLoading rows={6} />
      </Page>
    );
  }
  const trouble = replacingError(workspace);
  if (trouble !== null || workspace.data === undefined) {
    const missing = asApiError(trouble).status === 404;
    return (
      <Page title={t(missing ? "workspaces.notFound" : "workspaces.title")}>
        {missing ? (
          <Empty text={t("workspaces.notFoundText")} action={above} />
        ) : (
          <ReasonCard error={trouble} onRetry={() => void workspace.refetch()} />
        )}
      </Page>
    );
  }
  return <Loaded key={workspace.data.id} workspace={workspace.data} />;
}

/** Files on the start side, what runs in it on the other. */
function Loaded({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation();
  const { at, path = "", file, edit = false } = route.useSearch();
  const navigate = route.useNavigate();
  const [settings, setSettings] = useState(false);
  // Whose row gets the focus back once its preview is closed.
  const [lookedAt, setLookedAt] = useState<string | null>(null);
  const past = useMemo(() => (at === undefined ? null : { workspaceId: workspace.id, at }), [workspace.id, at]);
  const of = past ?? workspace.id;
  // Who comes by an address begins at the page's title.
  const [cameBack] = useState(past !== null);
  const within = placeSearch(of, path);
  const returnTo = file === undefined ? lookedAt : null;
  return (
    <Page
      title={workspace.name}
      above={<Link to="/workspaces">{t("workspaces.title")}</Link>}
      beside={
        <>
          <WorkspaceTitle workspace={workspace} />
          <StateChip domain="workspace" state={workspace.status} />
          <ActionIcon
            aria-label={t("workspaces.settings")}
            title={t("workspaces.settings")}
            onClick={() => setSettings(true)}
          >
            <IconDots size={18} />
          </ActionIcon>
        </>
      }
      action={<ShareButton workspace={workspace} />}
      aside={
        <>
          <WorkspaceSessions workspace={workspace} />
          <ShareSection workspace={workspace} />
          <WorkspaceHistory workspace={workspace} />
        </>
      }
    >
      {workspace.description && (
        <p className={`quiet ${classes.about}`} title={workspace.description}>
          <bdi>{workspace.description}</bdi>
        </p>
      )}
      {past === null ? (
        <Files key={path} workspace={workspace} path={path} returnTo={returnTo} />
      ) : (
        <Suspense fallback={<RowsLoading rows={6} />}>
          <LookBack workspace={workspace} of={past} path={path} returnTo={returnTo} opened={!cameBack} />
        </Suspense>
      )}
      {file !== undefined && (
        <Suspense>
          <Preview
            key={file}
            of={of}
            path={file}
            writable={may("workspace.write", workspace.status)}
            edit={edit}
            onGo={(next) => void navigate({ search: { ...within, file: next }, resetScroll: false, replace: true })}
            onClose={() => {
              setLookedAt(file);
              void navigate({ search: within, resetScroll: false });
            }}
          />
        </Suspense>
      )}
      {settings && (
        <WorkspaceSettings
          workspace={workspace}
          onClose={() => setSettings(false)}
          onShowShares={() => {
            setSettings(false);
            // Once the dialog is gone, with its hold on the page.
            requestAnimationFrame(() => showSection("sharing"));
          }}
        />
      )}
    </Page>
  );
}
