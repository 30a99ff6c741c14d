import { categorical, defineModel, linear, type ModelInput, xgboost } from '#core/spec/model.ts';
import { claims, orders, shops } from '../datasets/orders.ts';

const features = { items: 'items', weight: 'weight', city: categorical('city'), hour: 'hour(at)' };
const available = { minutes: 'after', delivery: 'after' } as const;
/** Nobody watches them: fourteen models that wake every minute take a core. */
const monitor = { every: '30 days', latencyMs: 29_000 };
const shared = { from: orders, features, available, monitor } satisfies Partial<ModelInput>;

/** Is an order late? Looks for the best trees. */
export const ordersSearched = defineModel({
  ...shared,
  name: 'orders-searched',
  task: 'binary',
  label: 'minutes > 40',
  algorithm: xgboost({ rounds: 60, earlyStop: 60, maxDepth: 3 }),
  search: { trials: 6, parallel: 3, metric: 'auc' },
});

/** Is an order late? A late one costs five times what a false alarm does. */
export const ordersLate = defineModel({
  ...shared,
  name: 'orders-late',
  task: 'binary',
  label: 'minutes > 40',
  algorithm: linear(),
  calibration: 'isotonic',
  threshold: { cost: { falsePositive: 1, falseNegative: 5 } },
});

/** The minutes in which nine of ten orders arrive. */
export const ordersMinutes = defineModel({
  ...shared,
  name: 'orders-minutes',
  task: 'regression',
  label: 'minutes',
  algorithm: xgboost({ rounds: 60, maxDepth: 3, loss: 'quantile', quantile: 0.9 }),
});

/** How an order arrives. */
export const ordersDelivery = defineModel({
  ...shared,
  name: 'orders-delivery',
  task: 'multiclass',
  label: 'delivery',
  algorithm: xgboost({ rounds: 40, maxDepth: 3 }),
});

/** Is a claim paid? Its gates are those of a spec that says nothing of gates. */
export const claimsPaid = defineModel({
  name: 'claims-paid',
  monitor,
  task: 'binary',
  from: claims,
  join: [{ dataset: shops, on: { shop: 'shop' } }],
  label: 'paid',
  available: { paid: 'after' },
  features: { amount: 'amount', age: 'age', rating: 'rating' },
  algorithm: xgboost({ rounds: 40, maxDepth: 3 }),
});

/** Is an order late? Its challengers are tried first: nothing but the tests of rollouts calls it. */
export const ordersTried = defineModel({
  ...shared,
  name: 'orders-tried',
  task: 'binary',
  label: 'minutes > 40',
  algorithm: xgboost({ rounds: 60, maxDepth: 3 }),
});

/** Is an order late? A person has to approve its versions: nothing but the test of approvals calls it. */
export const ordersApproved = defineModel({
  ...shared,
  name: 'orders-approved',
  task: 'binary',
  label: 'minutes > 40',
  algorithm: linear(),
  gates: { champion: { metric: 'logLoss', margin: 0.01, confidence: 0.95 } },
  approval: { by: 'person', within: '7 days' },
});
