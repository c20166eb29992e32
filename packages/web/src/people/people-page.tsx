import { Button, Group } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { peopleListQuery } from "../api/people.ts";
import { shownError } from "../api/query-trouble.ts";
import type { ListedPerson, Person } from "../api/types.ts";
import { Empty } from "../pieces/empty.tsx";
import { IconPlus } from "../pieces/icons.ts";
import { LongList } from "../pieces/long-list.tsx";
import { Page } from "../pieces/page.tsx";
import { BringIn } from "./bring-in/bring-in.tsx";
import { ImportResult } from "./bring-in/import-result.tsx";
import { ChangeResult } from "./change-result.tsx";
import { ManyBar } from "./many-bar.tsx";
import { NewPerson } from "./new-person.tsx";
import { PeopleFilters } from "./people-filters.tsx";
import { PeoplePicture } from "./people-picture.tsx";
import { type PersonChange, PersonDialog } from "./person-dialog.tsx";
import { PersonRow } from "./person-row.tsx";
import { ResetLink } from "./reset-link.tsx";
import { useChosen } from "./use-chosen.ts";
import { useLook } from "./use-look.ts";

const keyOf = ({ id }: ListedPerson) => id;

/** Everybody: how they stand at a glance, found as one types, changed one by one or many at once. */
export function PeoplePage() {
  const { t } = useTranslation();
  const { data: known } = useQuery(sessionQuery);
  const { look, change: shownChange, importing, go } = useLook();
  const [dialog, setDialog] = useState<{ person: Person; change: PersonChange } | null>(null);
  const [making, setMaking] = useState<"one" | "many" | null>(null);
  const [linkFor, setLinkFor] = useState<Person | null>(null);
  const people = useInfiniteQuery({ ...peopleListQuery(look), placeholderData: keepPreviousData });
  const rows = people.data?.pages.flatMap((page) => page.items) ?? [];
  const total = people.data?.pages[0]?.total ?? rows.length;
  const chosen = useChosen(rows, look);
  const self = known?.account?.id;
  // Nothing is known of anybody then: the error stands alone.
  const failed = people.data === undefined && shownError(people) !== null;
  const alone = look.search === undefined && look.state === undefined && rows.length === 1 && rows[0]?.id === self;
  const { has, toggle } = chosen;
  const showRow = useCallback(
    (person: ListedPerson) => (
      <PersonRow
        person={person}
        self={person.id === self}
        isChosen={has(person.id)}
        onChoose={toggle}
        onChange={(wish) => setDialog({ person, change: wish })}
        onResetLink={() => setLinkFor(person)}
      />
    ),
    [self, has, toggle],
  );
  const action = (
    <Group gap="xs">
      <Button variant="default" onClick={() => setMaking("many")}>
        {t("people.fromFile")}
      </Button>
      <Button leftSection={<IconPlus size={18} aria-hidden="true" />} onClick={() => setMaking("one")}>
        {t("people.new")}
      </Button>
    </Group>
  );
  return (
    <Page title={t("people.title")} action={action}>
      {!failed && <PeoplePicture state={look.state} onState={(state) => go({ state })} />}
      <PeopleFilters look={look} onLook={go} />
      {importing !== undefined && (
        <ImportResult key={importing} id={importing} onClose={() => go({ import: undefined })} />
      )}
      {shownChange !== undefined && (
        <ChangeResult key={shownChange} id={shownChange} onOther={(id) => go({ change: id })} />
      )}
      {!failed && (
        <ManyBar chosen={chosen} look={look} rows={rows} total={total} onChange={(id) => go({ change: id })} />
      )}
      <LongList
        label={t("people.title")}
        query={people}
        keyOf={keyOf}
        rowHeight={72}
        lines
        empty={<Empty title={t("people.empty")} text={t("people.emptyText")} />}
      >
        {showRow}
      </LongList>
      {alone && (
        <Empty
          title={t("people.onlyYou")}
          text={t(known?.registration === "closed" ? "people.onlyYouClosed" : "people.onlyYouOpen")}
        />
      )}
      {making === "one" && <NewPerson onClose={() => setMaking(null)} />}
      {making === "many" && (
        <BringIn
          onClose={() => setMaking(null)}
          onBegun={(id) => {
            setMaking(null);
            go({ import: id });
          }}
        />
      )}
      {dialog && <PersonDialog {...dialog} onClose={() => setDialog(null)} />}
      {linkFor && <ResetLink person={linkFor} onClose={() => setLinkFor(null)} />}
    </Page>
  );
}
