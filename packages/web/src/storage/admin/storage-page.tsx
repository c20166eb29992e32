import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { shownError } from "../../api/query-trouble.ts";
import { type StorageSubject, storageOverviewQuery, subjectsQuery } from "../../api/storage.ts";
import { useChosen } from "../../people/use-chosen.ts";
import { Empty } from "../../pieces/empty.tsx";
import { IconPlus } from "../../pieces/icons.ts";
import { LongList } from "../../pieces/long-list.tsx";
import { Glance } from "./glance.tsx";
import { NewStorage } from "./new-storage.tsx";
import { QuotaBar } from "./quota-bar.tsx";
import { StorageFrame } from "./storage-frame.tsx";
import { SubjectFilters } from "./subject-filters.tsx";
import { SubjectRow } from "./subject-row.tsx";
import { useSubjectsLook } from "./use-subjects-look.ts";

const keyOf = ({ id }: StorageSubject) => id;

/** Everybody's storage: how the whole stands, who uses what, quotas changed one by one or many at once. */
export function StoragePage() {
  const { t } = useTranslation();
  const { look, narrowed, go } = useSubjectsLook();
  const [making, setMaking] = useState(false);
  const overview = useQuery(storageOverviewQuery);
  const subjects = useInfiniteQuery({ ...subjectsQuery(look), placeholderData: keepPreviousData });
  const rows = subjects.data?.pages.flatMap((page) => page.items) ?? [];
  const total = subjects.data?.pages[0]?.total ?? rows.length;
  const chosen = useChosen(rows, { search: look.search ?? "", state: `${look.kind} ${look.only}` });
  const { has, toggle } = chosen;
  // Nothing is known then: the list's error stands alone.
  const failed = subjects.data === undefined && shownError(subjects) !== null;
  const showRow = useCallback(
    (subject: StorageSubject) => <SubjectRow subject={subject} isChosen={has(subject.id)} onChoose={toggle} />,
    [has, toggle],
  );
  return (
    <StorageFrame
      title={t("adminStorage.title")}
      action={
        <Button leftSection={<IconPlus size={18} aria-hidden="true" />} onClick={() => setMaking(true)}>
          {t("adminStorage.new")}
        </Button>
      }
    >
      {!failed && <Glance overview={overview} only={look.only} onOnly={(only) => go({ only })} />}
      <SubjectFilters look={look} onLook={go} />
      {!failed && <QuotaBar chosen={chosen} look={look} rows={rows} total={total} />}
      <LongList
        label={t("adminStorage.title")}
        query={subjects}
        keyOf={keyOf}
        rowHeight={76}
        lines
        empty={
          narrowed ? (
            <Empty title={t("adminStorage.nothing")} text={t("adminStorage.nothingText")} />
          ) : (
            <Empty title={t("adminStorage.empty")} text={t("adminStorage.emptyText")} />
          )
        }
      >
        {showRow}
      </LongList>
      {making && <NewStorage onClose={() => setMaking(false)} />}
    </StorageFrame>
  );
}
