import { Button, TextInput } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { peopleQuery } from "../api/people.ts";
import { shownError } from "../api/query-trouble.ts";
import type { Person } from "../api/types.ts";
import { Empty } from "../pieces/empty.tsx";
import { IconPlus, IconSearch } from "../pieces/icons.ts";
import { Page } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { NewPerson } from "./new-person.tsx";
import { type PersonChange, PersonDialog } from "./person-dialog.tsx";
import { PersonRow } from "./person-row.tsx";
import { ResetLink } from "./reset-link.tsx";

export function PeoplePage() {
  const { t } = useTranslation();
  const { data: known } = useQuery(sessionQuery);
  const [text, setText] = useState("");
  const [change, setChange] = useState<{ person: Person; change: PersonChange } | null>(null);
  const [making, setMaking] = useState(false);
  const [linkFor, setLinkFor] = useState<Person | null>(null);
  const wanted = useDeferredValue(text.trim());
  const people = useInfiniteQuery({ ...peopleQuery(wanted), placeholderData: keepPreviousData });
  const items = people.data?.pages.flatMap((page) => page.items) ?? [];
  const alone = wanted === "" && items.length === 1 && items[0]?.id === known?.account?.id;
  const action = (
    <Button leftSection={<IconPlus size={18} aria-hidden="true" />} onClick={() => setMaking(true)}>
      {t("people.new")}
    </Button>
  );
  return (
    <Page title={t("people.title")} action={action}>
      <div className={rows.filters}>
        <TextInput
          className="grow"
          type="search"
          aria-label={t("people.searchLabel")}
          placeholder={t("people.searchLabel")}
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </div>
      {people.isPending && <RowsLoading rows={6} />}
      {shownError(people) !== null && <ReasonCard error={people.error} onRetry={() => void people.refetch()} />}
      {people.data && items.length === 0 && <Empty title={t("people.empty")} text={t("people.emptyText")} />}
      <ul className={rows.rows}>
        {items.map((person) => (
          <PersonRow
            key={person.id}
            person={person}
            self={person.id === known?.account?.id}
            onChange={(wish) => setChange({ person, change: wish })}
            onResetLink={() => setLinkFor(person)}
          />
        ))}
      </ul>
      {alone && (
        <Empty
          title={t("people.onlyYou")}
          text={t(known?.registration === "closed" ? "people.onlyYouClosed" : "people.onlyYouOpen")}
        />
      )}
      {people.hasNextPage && (
        <Button variant="subtle" loading={people.isFetchingNextPage} onClick={() => void people.fetchNextPage()}>
          {t("common.more")}
        </Button>
      )}
      {making && <NewPerson onClose={() => setMaking(false)} />}
      {change && <PersonDialog {...change} onClose={() => setChange(null)} />}
      {linkFor && <ResetLink person={linkFor} onClose={() => setLinkFor(null)} />}
    </Page>
  );
}
