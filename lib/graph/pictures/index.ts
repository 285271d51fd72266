/** Pictures of revision trees for documents and browsers; the layout library is loaded only for svg and html. */
import type { Picture } from "./picture.js";
import { toDot, toJson, toMermaid } from "./text-formats.js";

export { type Picture, type PicturedRevision, type PicturedSwitch, type RevisionState } from "./picture.js";

export const pictureFormats = ["svg", "html", "mermaid", "dot", "json"] as const;
export type PictureFormat = (typeof pictureFormats)[number];

/** Writes a picture of trees as a document of one format. */
export async function drawPicture(picture: Picture, format: PictureFormat): Promise<string> {
  switch (format) {
    case "svg":
      return (await import("./svg.js")).toSvg(picture);
    case "html":
      return (await import("./html.js")).toHtml(picture);
    case "mermaid":
      return toMermaid(picture);
    case "dot":
      return toDot(picture);
    case "json":
      return toJson(picture);
  }
}
