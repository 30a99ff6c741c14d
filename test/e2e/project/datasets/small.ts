export { small } from '../../../fixtures/nycflights.ts';
