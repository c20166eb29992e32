import { type Command, InvalidArgumentError } from "commander";

/** What every import of another service's people is asked with. */
export interface SharedImportOptions {
  readonly source: string;
  readonly link: readonly string[];
  readonly rename: readonly string[];
  readonly map?: string;
  readonly go?: boolean;
  readonly json?: boolean;
}

/** By which name what comes is known at the next run. @param what is imported, and its name unless another is given */
export function addSourceOption(command: Command, what: string, name: string): Command {
  return command.option("--source <name>", `a name for this old ${what}, the same each time`, sourceName, name);
}

/** Who people are here. */
export function addPeopleOptions(command: Command): Command {
  return command
    .option("--link <old=here>", "this person there is that account here; may be repeated", collect, [])
    .option("--rename <old=new>", "another user name for an account that is made; may be repeated", collect, [])
    .option("--map <file>", 'the same in a file: {"link": {"old": "here"}, "rename": {"old": "new"}, "skip": ["old"]}');
}

/** Whether it is done, and how it is told. */
export function addRunOptions(command: Command): Command {
  return command.option("--go", "do it; without, the plan is only told").option("--json", "as JSON");
}

/** For an option that may be repeated. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** Part of addresses that are made for who has none. */
function sourceName(value: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/.test(value)) return value;
  throw new InvalidArgumentError("1 to 32 of a-z, 0-9 and -.");
}
