import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { showOverlay } from "../frame/overlay.ts";
import {
  type Icon,
  IconBook,
  IconCompass,
  IconFolderUp,
  IconKeyboard,
  IconShare,
  IconTerminal2,
} from "../pieces/icons.ts";
import { Page, Section } from "../pieces/page.tsx";
import classes from "./help.module.css";

/** The few jobs that people come for, each in three steps. */
const jobs = [
  { word: "bring", icon: IconFolderUp, to: "/workspaces" },
  { word: "run", icon: IconTerminal2, to: "/" },
  { word: "share", icon: IconShare, to: "/workspaces" },
] as const;

/** Words that mean something of their own here. */
const terms = ["workspace", "session", "time", "coreHours", "trash", "share", "token"] as const;

/** What people ask first, what the words mean, and where more is told. */
export function HelpPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("help.title")}>
      <div className={classes.jobs}>
        {jobs.map((job) => (
          <Job key={job.word} {...job} />
        ))}
      </div>
      <Section title={t("help.more")}>
        <div className={classes.ways}>
          <Button
            variant="default"
            leftSection={<IconCompass size={18} aria-hidden="true" />}
            onClick={() => showOverlay("tour")}
          >
            {t("help.tour")}
          </Button>
          <Button
            variant="default"
            leftSection={<IconKeyboard size={18} aria-hidden="true" />}
            onClick={() => showOverlay("shortcuts")}
          >
            {t("help.shortcuts")}
          </Button>
          <Button component="a" href="/docs" variant="default" leftSection={<IconBook size={18} aria-hidden="true" />}>
            {t("help.docs")}
          </Button>
        </div>
      </Section>
      <Section title={t("help.words")}>
        <dl className={classes.terms}>
          {terms.map((term) => (
            <div key={term}>
              <dt>{t(`help.term.${term}`)}</dt>
              <dd>{t(`help.means.${term}`)}</dd>
            </div>
          ))}
        </dl>
      </Section>
      <Section title={t("help.stuck")}>
        <p>{t("help.stuckText")}</p>
      </Section>
    </Page>
  );
}

function Job({ word, icon: JobIcon, to }: { word: string; icon: Icon; to: "/" | "/workspaces" }) {
  const { t } = useTranslation();
  const id = `job-${word}`;
  return (
    <section className={classes.job} aria-labelledby={id}>
      <JobIcon size={34} stroke={1.5} aria-hidden="true" className={classes.picture} />
      <h2 id={id} className={classes.jobTitle}>
        {t(`help.${word}.title`)}
      </h2>
      <ol className={classes.steps}>
        {(["first", "then", "last"] as const).map((step) => (
          <li key={step}>{t(`help.${word}.${step}`)}</li>
        ))}
      </ol>
      <Link to={to}>{t(`help.${word}.go`)}</Link>
    </section>
  );
}
