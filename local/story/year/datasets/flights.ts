export { flights } from '../../../../datasets/flights.ts';
