import { InputError } from "../errors.js";
import type { RepositoryFormat } from "../repository/repository.js";
import type { ProjectOptions } from "./options.js";
import { withProject } from "./project.js";

export interface FormatReport {
  readonly digest: string;
  /** The release whose defaults these are, or null. */
  readonly defaults: string | null;
  readonly parts: Pick<RepositoryFormat, "schemaVersion" | "managers" | "dimensions">;
}

/**
 * The format of a repository: two with the same digest accept the same code and the same revisions.
 * @throws InputError `no-format` for a plain database
 */
export function format(uri: string, options: ProjectOptions = {}): Promise<FormatReport> {
  return withProject(uri, options, async ({ repository }) => {
    const found = await repository.database.transaction({ mode: "read" }, (session) =>
      repository.format(session),
    );
    if (found === null) {
      throw new InputError(
        "no-format",
        `${repository.uri} is a plain database, which has no format of its own.`,
        {
          hint: "`godwit current` shows the revision of each tree.",
        },
      );
    }
    const { digest, defaults, schemaVersion, managers, dimensions } = found;
    return { digest, defaults, parts: { schemaVersion, managers, dimensions } };
  });
}
