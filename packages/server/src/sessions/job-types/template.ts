/** What only the session's host knows, when it starts the program. */
export type PlaceName = "socket" | "port";

/** A piece of an argument: text as it is, or the place where the program listens. */
export type Piece = string | { readonly place: PlaceName };

/** An argument in its pieces: always one argument, whatever is in them. */
export type Argument = readonly Piece[];

const VARIABLES: Readonly<Record<PlaceName, string>> = {
  socket: "STOA_SESSION_SOCKET",
  port: "STOA_SESSION_PORT",
};

/**
 * The command with these arguments. Where places occur, a shell puts them in: its script consists of `${n}` and the
 * places alone, and every text is a parameter of it, so that nothing of a text is ever read as a script.
 */
export function commandOf(args: readonly [Argument, ...Argument[]]): readonly [string, ...string[]] {
  const places = args.some((argument) => argument.some((piece) => typeof piece !== "string"));
  const [first, ...rest] = args;
  if (!places) return [first.join(""), ...rest.map((argument) => argument.join(""))];
  const texts: string[] = [];
  const words = args.map((argument) => {
    const pieces = argument.map((piece) => {
      if (typeof piece !== "string") return `\${${VARIABLES[piece.place]}}`;
      texts.push(piece);
      return `\${${texts.length}}`;
    });
    return `"${pieces.join("")}"`;
  });
  return ["/bin/sh", "-c", `exec ${words.join(" ")}`, "sh", ...texts];
}
