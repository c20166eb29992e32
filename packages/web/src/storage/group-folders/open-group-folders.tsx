import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { ownStorageQuery } from "../../api/own-storage.ts";
import { storageWords } from "../../locales/i18n.ts";

const GroupFolders = lazy(async () => {
  const [module] = await Promise.all([import("./group-folders.tsx"), storageWords()]);
  return { default: module.GroupFolders };
});

interface OpenGroupFoldersProps {
  readonly workspaceId: number;
  readonly writable: boolean;
  readonly className: string | undefined;
}

/** For whoever is in a group that has storage here: the way to link it into the workspace. */
export function OpenGroupFolders(props: OpenGroupFoldersProps) {
  const { data } = useQuery(ownStorageQuery);
  const groups = data?.groups.filter(({ group }) => group !== null) ?? [];
  if (groups.length === 0) return null;
  return (
    <Suspense>
      <GroupFolders {...props} groups={groups} />
    </Suspense>
  );
}
