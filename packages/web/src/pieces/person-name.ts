/** As people call them; who gave no name, by the one they sign in with. */
export const nameOfPerson = ({
  full_name,
  username,
}: {
  readonly full_name: string;
  readonly username: string;
}): string => full_name || username;
