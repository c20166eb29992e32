import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { linkGroupFolder } from "../../api/group-links.ts";
import type { StorageSubject } from "../../api/storage.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import rows from "../../pieces/rows.module.css";
import { ownerName } from "../level.ts";
import { useSize } from "../use-size.ts";

interface GroupFolderRowProps {
  readonly workspaceId: number;
  readonly subject: StorageSubject;
  /** Somebody follows the link. */
  onLeave(): void;
}

/** A group's folder, the verb that links it, and what came of it. */
export function GroupFolderRow({ workspaceId, subject, onLeave }: GroupFolderRowProps) {
  const { t } = useTranslation();
  const size = useSize();
  const client = useQueryClient();
  const groupId = subject.group?.id ?? 0;
  const link = useMutation({
    mutationFn: () => linkGroupFolder(workspaceId, groupId),
    onSuccess: () => client.invalidateQueries({ queryKey: ["files"] }),
  });
  const name = ownerName(subject);
  return (
    <li className={rows.row}>
      <div className={rows.main}>
        <strong className="clip">
          <bdi>{name}</bdi>
        </strong>
        <span className="quiet small" role="status">
          {link.isSuccess
            ? t("storage.folderLinked", { name: link.data.path })
            : t("storage.folderUsed", { size: size(subject.used) })}
        </span>
        {link.isError && <ReasonCard error={link.error} />}
      </div>
      {link.isSuccess ? (
        <Link
          to="/workspaces/$workspaceId"
          params={{ workspaceId: String(workspaceId) }}
          search={{ path: link.data.path }}
          onClick={onLeave}
        >
          {t("storage.folderOpen")}
        </Link>
      ) : (
        <Button
          size="xs"
          variant="default"
          aria-label={t("storage.folderLinkOf", { name })}
          loading={link.isPending}
          onClick={() => link.mutate()}
        >
          {t("storage.folderLink")}
        </Button>
      )}
    </li>
  );
}
