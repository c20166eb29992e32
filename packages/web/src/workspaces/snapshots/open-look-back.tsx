import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { snapshotsQuery } from "../../api/snapshots.ts";
import { IconHistory } from "../../pieces/icons.ts";
import { whenQuiet } from "../../pieces/when-quiet.ts";
import { placeSearch } from "../files/place-search.ts";

interface OpenLookBackProps {
  readonly workspaceId: number;
  readonly folder: string;
  readonly className: string | undefined;
}

/** Leads to the folder as it was, where that can be seen. Whether it can is asked once nobody waits for anything. */
export function OpenLookBack({ workspaceId, folder, className }: OpenLookBackProps) {
  const { t } = useTranslation();
  const [due, setDue] = useState(false);
  useEffect(() => whenQuiet(() => setDue(true)), []);
  const { data } = useQuery({ ...snapshotsQuery(workspaceId), enabled: due, retry: false });
  const [newest] = data?.possible ? data.items : [];
  if (newest === undefined) return null;
  return (
    <Button
      renderRoot={(props) => (
        <Link
          {...props}
          to="/workspaces/$workspaceId"
          params={{ workspaceId: String(workspaceId) }}
          search={placeSearch({ workspaceId, at: newest.name }, folder)}
          resetScroll={false}
        />
      )}
      className={className}
      variant="subtle"
      size="xs"
      leftSection={<IconHistory size={16} aria-hidden="true" />}
    >
      {t("snapshots.open")}
    </Button>
  );
}
