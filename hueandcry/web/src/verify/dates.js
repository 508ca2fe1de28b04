// Dates and times as credentials write them: RFC 3339 with an offset (VC Data Model 2.0, section 4.9).
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;
const PARTS = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,40})?)?)?(Z|z|[+-]\d{2}:?\d{2})?$/;
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

export const isTime = (value) => typeof value === "string" && TIME.test(value);

/** Milliseconds since 1970 of a date and time with an offset; null of anything else, a 30th of February too. */
export const time = (value) => (isTime(value) ? moment(value) : null);

/** The same, and of dates and times without an offset as well, which are taken for UTC. */
export function moment(value) {
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", offset = "Z"] = PARTS.exec(value) ?? [];
  if (year === undefined || +year < 1 || +hour > 23 || +minute > 59 || +second > 59) return null;
  const date = new Date(0);
  date.setUTCFullYear(+year, +month - 1, +day);
  if (date.getUTCMonth() !== +month - 1 || date.getUTCDate() !== +day) return null;
  date.setUTCHours(+hour, +minute, +second);
  const shift = offset.toUpperCase() === "Z" ? 0 : (offset[0] === "-" ? -1 : 1) * (+offset.slice(1, 3) * 60 + +offset.slice(-2));
  return Math.abs(shift) < 24 * 60 ? date.getTime() + Number(`0${fraction}`) * 1000 - shift * 60_000 : null;
}

/** "3 November 2026", the day that was written. */
export const dayOf = (value) => `${+value.slice(8, 10)} ${MONTHS[+value.slice(5, 7) - 1]} ${+value.slice(0, 4)}`;
