import { z } from 'zod';
import { Duration } from './duration.ts';

/** How long a request for approval stands. */
const WITHIN = '7 days';

/** Who promotes a version that passed its gates. `person`: one who says so within 7 days, or within what is named. */
export const ApprovalSpec = z.union([
  z.literal('automatic'),
  z.literal('person').transform((by) => ({ by, within: WITHIN })),
  z.strictObject({
    by: z.literal('person'),
    /** From then on the version is not approved any more; in an environment with a pace, sooner. @default '7 days' */
    within: Duration.default(WITHIN),
  }),
]);
export type ApprovalSpec = z.output<typeof ApprovalSpec>;
