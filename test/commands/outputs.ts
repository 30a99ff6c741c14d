import type { Outputs } from '#lib/client/outputs.ts';

/** A deployment that no test reaches. */
export const outputs: Outputs = {
  environment: 'local',
  endpoint: 'http://127.0.0.1:1',
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  apiUrl: 'http://127.0.0.1:1/api',
  incomingBucket: 'incoming',
  storeBucket: 'store',
  registryTable: 'registry',
  busName: 'bus',
  alarmTopic: 'arn:aws:sns:us-east-1:000000000000:alarms',
  datasets: ['flights'],
  stateMachines: {
    'ingest-dataset': 'arn:aws:states:us-east-1:000000000000:stateMachine:ingest-dataset',
    'late-train-model': 'arn:aws:states:us-east-1:000000000000:stateMachine:late-train-model',
  },
  alarms: { late: 'late-drift' },
};
