import { Button, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Confirm } from "./confirm.tsx";
import { IconPlayerStop } from "./icons.ts";
import classes from "./stop-chosen.module.css";

interface StopChosenProps {
  readonly verb: string;
  readonly disabled?: boolean;
  readonly title: string;
  readonly text: string;
  /** Whom it hits, as list entries. */
  readonly children: ReactNode;
  /** The word to them: how it is asked for, and its longest. */
  readonly word: { readonly label: string; readonly hint: string; readonly most: number };
  readonly pending: boolean;
  /** Null: nothing went wrong. */
  readonly error: unknown;
  /** Resolves once it is done: the question is closed then, and stays where it could not be. */
  onStop(word: string): Promise<unknown>;
}

/** Stops what was selected, once it was said whom it hits; with a word to them. */
export function StopChosen(props: StopChosenProps) {
  const { verb, disabled = false, title, text, children, word, pending, error, onStop } = props;
  const [asking, setAsking] = useState(false);
  const [said, setSaid] = useState("");
  async function stop(): Promise<void> {
    await onStop(said.trim());
    setAsking(false);
    setSaid("");
  }
  return (
    <>
      <Button
        color="bad"
        variant="outline"
        disabled={disabled}
        leftSection={<IconPlayerStop size={18} aria-hidden="true" />}
        onClick={() => setAsking(true)}
      >
        {verb}
      </Button>
      <Confirm
        opened={asking}
        danger
        title={title}
        text={text}
        action={verb}
        pending={pending}
        error={error}
        // What went wrong is shown by `error`.
        onConfirm={() => void stop().catch(() => undefined)}
        onClose={() => setAsking(false)}
      >
        <ul className={classes.hit}>{children}</ul>
        <Textarea
          label={word.label}
          description={word.hint}
          dir="auto"
          autosize
          minRows={2}
          maxRows={6}
          maxLength={word.most}
          value={said}
          onChange={(event) => setSaid(event.currentTarget.value)}
        />
      </Confirm>
    </>
  );
}
