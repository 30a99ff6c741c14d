export { flightsLate } from '../../../../models/flights-late.ts';
