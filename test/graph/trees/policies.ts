/** What repositories allow, by their kind. */

/** A plain database: `head` starts every tree. */
export const plain = { unrecordedTrees: "started" } as const;

/** A Butler: `head` leaves alone trees of which nothing is recorded. */
export const butler = { unrecordedTrees: "left-alone" } as const;
