/** Largest request body: a thousand rows of thirty columns and then some. API Gateway takes 10 MB, Lambda 6 MB. */
export const MAX_BODY_BYTES = 2 * 2 ** 20;
