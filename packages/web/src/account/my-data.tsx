import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type DataExport, exportAddress, exportsQuery, requestExport } from "../api/exports.ts";
import { shownError } from "../api/query-trouble.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconArchive, IconDownload } from "../pieces/icons.ts";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { StateChip } from "../pieces/state-chip.tsx";
import { useSize } from "../storage/use-size.ts";

/** Everything that is kept about oneself, gathered in the background, then a zip to download. */
export function MyData() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const exports = useQuery(exportsQuery);
  const ask = useMutation({
    mutationFn: requestExport,
    onSettled: () => client.invalidateQueries({ queryKey: exportsQuery.queryKey }),
  });
  const items = exports.data?.items ?? [];
  const making = items.some(({ ready_at }) => ready_at === null);
  const action = (
    <Button variant="default" size="xs" disabled={making} loading={ask.isPending} onClick={() => ask.mutate()}>
      {t("myData.gather")}
    </Button>
  );
  return (
    <Section title={t("myData.title")} action={action}>
      <p className="quiet">{t("myData.lead")}</p>
      {shownError(exports) !== null && <ReasonCard error={exports.error} onRetry={() => void exports.refetch()} />}
      {ask.isError && <ReasonCard error={ask.error} />}
      <ul className={rows.rows}>
        {items.map((one) => (
          <ExportRow key={one.id} one={one} />
        ))}
      </ul>
    </Section>
  );
}

function ExportRow({ one }: { one: DataExport }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  return (
    <li className={rows.row}>
      <IconArchive size={20} stroke={1.75} aria-hidden="true" className={rows.icon} />
      <div className={rows.main}>
        <span>{format.dateTime(one.created_at)}</span>
        <span className={rows.under}>
          {one.size !== null && size(one.size)}
          {one.expires_at && ` · ${t("trash.until")} ${format.date(one.expires_at)}`}
        </span>
      </div>
      <div className={rows.end}>
        {one.ready_at === null ? (
          <StateChip domain="operation" state="running" />
        ) : (
          <Button
            component="a"
            href={exportAddress(one.id)}
            download
            variant="default"
            size="xs"
            leftSection={<IconDownload size={16} aria-hidden="true" />}
          >
            {t("files.downloadIt")}
          </Button>
        )}
      </div>
    </li>
  );
}
