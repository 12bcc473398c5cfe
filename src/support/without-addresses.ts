/** A plus with digits, or six digits and more, however they are spaced: carriers and engines quote what they were given. */
const NUMBER = /\+\d(?:[\s().-]*\d)*|\d(?:[\s().-]*\d){5,}/g;
const EMAIL = /[^\s@<>"',;:()[\]]+@[^\s@<>"',;:()[\]]+/g;

/** A text for people and logs with every phone number and e-mail address left out (rule: addresses stand in no log). */
export function withoutAddresses(text: string): string {
  return text.replace(EMAIL, "…").replace(NUMBER, "…");
}
