/** What a run tells while it goes on; `kind` says which. */
export type RunEvent =
  | { readonly kind: "waiting"; readonly holder: string }
  | { readonly kind: "backup"; readonly file: string }
  | { readonly kind: "warning"; readonly message: string }
  | {
      readonly kind: "plan";
      readonly steps: readonly { readonly revision: string; readonly manager: string }[];
    }
  | {
      readonly kind: "step-started";
      readonly revision: string;
      readonly manager: string;
      readonly direction: "up" | "down" | "switch";
      readonly summary: string;
    }
  | {
      readonly kind: "progress";
      readonly revision: string;
      readonly what: string;
      readonly rows: bigint;
      readonly total: bigint | null;
    }
  | { readonly kind: "report"; readonly revision: string; readonly message: string }
  | { readonly kind: "statement"; readonly revision: string; readonly text: string }
  | {
      readonly kind: "step-done";
      readonly revision: string;
      readonly manager: string;
      readonly durationMs: number;
    }
  | {
      readonly kind: "outside-edit";
      readonly file: string;
      readonly description: string;
      readonly backup: string | null;
    };
