import { InputError, messageOf } from "../errors.js";

/** The error about what a provider did. @param what as it follows its name: `gave "x" for …, which is no UUID` */
export function badProvider(name: string, what: string, cause?: unknown): InputError {
  return new InputError("bad-provider", `A provider "${name}" ${what}.`, {
    hint: "Nothing was changed. Mend the provider, and run the same command again.",
    cause,
  });
}

/** What a provider answers. @throws InputError `bad-provider` where it throws */
export function answerOf(name: string, question: string, ask: () => unknown): unknown {
  try {
    return ask();
  } catch (error) {
    const reason = messageOf(error);
    throw badProvider(name, `failed: ${reason}, asked for ${question}`, error);
  }
}
