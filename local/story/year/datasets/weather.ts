export { weather } from '../../../../datasets/weather.ts';
