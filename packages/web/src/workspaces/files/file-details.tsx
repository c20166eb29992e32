import { Button, Modal, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { checksum } from "../../api/files.ts";
import type { FileEntry } from "../../api/types.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { closeLabel } from "../../pieces/confirm.tsx";
import { CopyLine } from "../../pieces/copy-line.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import rows from "../../pieces/rows.module.css";
import { useSize } from "../../storage/use-size.ts";
import { folderOf, shownName } from "./file-path.ts";

/** What is known of one file; its checksum when asked for, because all of it is read for that. */
export function FileDetails(props: { workspaceId: number; entry: FileEntry; onClose: () => void }) {
  const { workspaceId, entry, onClose } = props;
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  const sum = useMutation({ mutationFn: () => checksum(workspaceId, entry.path) });
  return (
    <Modal opened onClose={onClose} title={t("files.details")} closeButtonProps={closeLabel(t)} size="lg">
      <Stack>
        <dl className={rows.facts}>
          <dt>{t("files.name")}</dt>
          <dd>
            <bdi>{shownName(entry.name)}</bdi>
          </dd>
          <dt>{t("files.kind")}</dt>
          <dd>{t(`files.${entry.type}`)}</dd>
          <dt>{t("files.in")}</dt>
          <dd>
            <bdi>{folderOf(entry.path) === "" ? t("files.root") : shownName(folderOf(entry.path))}</bdi>
          </dd>
          {entry.type === "file" && entry.size !== null && (
            <>
              <dt>{t("files.size")}</dt>
              <dd>
                {size(entry.size)} <span className="quiet">({t("files.bytes", { count: entry.size })})</span>
              </dd>
            </>
          )}
          <dt>{t("files.modified")}</dt>
          <dd>{format.dateTime(entry.modified_at)}</dd>
        </dl>
        {!entry.openable && <p className="quiet">{t("files.unopenable")}</p>}
        {entry.type === "file" && entry.openable && (
          <>
            <strong>{t("files.checksum")}</strong>
            {sum.isSuccess ? (
              <CopyLine text={sum.data.digest} label={t("files.checksum")} />
            ) : (
              <div>
                <Button variant="default" size="xs" loading={sum.isPending} onClick={() => sum.mutate()}>
                  {t("files.checksumAsk")}
                </Button>
              </div>
            )}
            {sum.isError && <ReasonCard error={sum.error} />}
          </>
        )}
      </Stack>
    </Modal>
  );
}
