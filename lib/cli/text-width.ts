/**
 * How wide a text is in columns, counted by characters: all that the help needs, whose texts are plain. The build gives it to yargs in
 * place of a package that knows emoji, and takes as long to load as Node itself.
 */
export default function textWidth(text: string): number {
  return Array.from(text).length;
}
