import { Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "../api/api-error.ts";
import { auditEntryQuery } from "../api/audit.ts";
import type { AuditLine } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { closeLabel } from "../pieces/confirm.tsx";
import { CopyButton } from "../pieces/copy-line.tsx";
import { Empty } from "../pieces/empty.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { StateChip } from "../pieces/state-chip.tsx";
import classes from "./audit.module.css";
import { ThingLink, thingNamed } from "./thing-link.tsx";

/** An entry with all that was noted: the address leads here, so that one can be sent to somebody. */
export function AuditEntry({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const entry = useQuery({ ...auditEntryQuery(id), retry: false });
  const missing = entry.isError && [400, 404].includes(asApiError(entry.error).status);
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={t("audit.entry", { id: format.id(id) })}
      closeButtonProps={closeLabel(t)}
    >
      {entry.isPending && <RowsLoading rows={5} height={28} />}
      {missing && <Empty title={t("audit.entryMissing")} text={t("audit.entryMissingText")} />}
      {entry.isError && !missing && <ReasonCard error={entry.error} onRetry={() => void entry.refetch()} />}
      {entry.data && <Facts line={entry.data} />}
    </Modal>
  );
}

function Facts({ line }: { line: AuditLine }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { actor, subject } = line;
  const details = Object.entries(line.details ?? {});
  const { owner: name, owner_id: accountId } = line.details ?? {};
  const owner = typeof name === "string" ? name : null;
  const ownerId = typeof accountId === "number" ? accountId : null;
  // A workspace that was used is its user's, where nothing else is said.
  const whose = ownerId ?? actor.account_id;
  return (
    <>
      <dl className={rows.facts}>
        <Fact word={t("audit.when")}>
          <time dateTime={line.at}>{format.dateTime(line.at)}</time>
        </Fact>
        <Fact word={t("audit.actor")}>
          {actor.account_id === null ? (
            <bdi>{actor.label ?? "–"}</bdi>
          ) : (
            <Link to="/people/$personId" params={{ personId: String(actor.account_id) }}>
              <bdi>{actor.label ?? actor.account_id}</bdi>
            </Link>
          )}
        </Fact>
        <Fact word={t("audit.action")}>
          {t(`actions.${line.action}`, { defaultValue: "" })} <code className="mono ltr quiet">{line.action}</code>
        </Fact>
        <Fact word={t("audit.subject")}>
          {t(`subjects.${subject.kind}`, { defaultValue: subject.kind })} <bdi>{subject.label ?? ""}</bdi>{" "}
          <ThingLink kind={subject.kind} id={subject.id} ownerId={whose}>
            <code className="mono ltr">{subject.id}</code>
          </ThingLink>
        </Fact>
        {owner !== null && (
          <Fact word={t("audit.owner")}>
            {ownerId === null ? (
              <bdi>{owner}</bdi>
            ) : (
              <Link to="/people/$personId" params={{ personId: String(ownerId) }}>
                <bdi>{owner}</bdi>
              </Link>
            )}
          </Fact>
        )}
        <Fact word={t("audit.outcome")}>
          <StateChip domain="audit" state={line.outcome} />
        </Fact>
        {actor.credential_kind !== null && (
          <Fact word={t("audit.credential")}>
            <code className="mono ltr">
              {actor.credential_kind} {actor.credential_id}
            </code>
          </Fact>
        )}
        {line.address !== null && (
          <Fact word={t("audit.address")}>
            <code className="mono ltr">{line.address}</code>
          </Fact>
        )}
        {line.request_id !== null && (
          <Fact word={t("audit.request")}>
            <code className="mono ltr">{line.request_id}</code>{" "}
            <CopyButton text={line.request_id} label={`${t("audit.request")}: `} />
          </Fact>
        )}
        <Fact word={t("audit.place")}>{line.seq === null ? t("audit.unsealed") : format.number(line.seq)}</Fact>
      </dl>
      <h3 className={classes.detailsTitle}>{t("audit.details")}</h3>
      {details.length === 0 && <p className="quiet">{t("audit.noDetails")}</p>}
      <dl className={rows.facts} dir="ltr">
        {details.map(([name, value]) => (
          <Fact key={name} word={name}>
            <Detail name={name} value={value} ownerId={whose} />
          </Fact>
        ))}
      </dl>
    </>
  );
}

/** A detail as it was noted; one that names a thing leads to it. */
function Detail({ name, value, ownerId }: { name: string; value: unknown; ownerId: number | null }) {
  const text = <code className="mono">{typeof value === "string" ? value : JSON.stringify(value)}</code>;
  const thing = name === "on_behalf_of" ? thingNamed("account_id", accountOf(value)) : thingNamed(name, value);
  if (thing === null) return text;
  return (
    <ThingLink {...thing} ownerId={ownerId}>
      {text}
    </ThingLink>
  );
}

const accountOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "account_id" in value ? value.account_id : null;

function Fact({ word, children }: { word: string; children: ReactNode }) {
  return (
    <>
      <dt>{word}</dt>
      <dd>{children}</dd>
    </>
  );
}
