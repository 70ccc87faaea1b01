/**
 * Points in time as signed documents write them: "2026-11-22T09:30:00Z". UTC, whole seconds, one
 * spelling each, so that people can read a license and equal times are equal text.
 *
 * The calendar is plain arithmetic [Hinnant: chrono-compatible low-level date algorithms, 2013],
 * because the platform's Date also tells the time, and nothing here may ask for it.
 */

import type { Brand } from "../ids.ts";

export type Instant = Brand<string, "Instant">;

const pattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const dayMs = 86_400_000;
/** Days from 0000-03-01, the start of the calendar's 400-year eras, to 1970-01-01. */
const epochDays = 719_468;
const eraDays = 146_097;
/** 9999-12-31T23:59:59Z. */
const latestMs = 253_402_300_799_000;

/** @returns undefined for other spellings, dates that no calendar has, and times before 1970 */
export function parseInstant(text: string): Instant | undefined {
  if (!pattern.test(text)) return undefined;
  const ms = msOfInstant(text as Instant);
  // A day that does not exist (30 February) comes back as another one.
  return ms >= 0 && ms <= latestMs && instantOfMs(ms) === text ? (text as Instant) : undefined;
}

/** Milliseconds since 1970, UTC. */
export function msOfInstant(instant: Instant): number {
  // The places are fixed; rosters read thousands of these.
  const number = (from: number, to: number): number => Number(instant.slice(from, to));
  const time = number(11, 13) * 3_600_000 + number(14, 16) * 60_000 + number(17, 19) * 1_000;
  return daysOfDate(number(0, 4), number(5, 7), number(8, 10)) * dayMs + time;
}

/** The second that `ms` lies in; times outside 1970 to 9999 become the nearest end. */
export function instantOfMs(ms: number): Instant {
  const clamped = Math.min(Math.max(Math.floor(ms), 0), latestMs);
  const days = Math.floor(clamped / dayMs);
  const seconds = Math.floor((clamped - days * dayMs) / 1_000);
  const time = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60].map(twoDigits).join(":");
  return `${dateOfDays(days)}T${time}Z` as Instant;
}

/** Days since 1970-01-01. The year starts in March, so that the leap day is the last one. */
function daysOfDate(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * eraDays + dayOfEra - epochDays;
}

function dateOfDays(days: number): string {
  const shifted = days + epochDays;
  const era = Math.floor(shifted / eraDays);
  const dayOfEra = shifted - era * eraDays;
  const leapDays = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = ((monthFromMarch + 2) % 12) + 1;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, "0")}-${twoDigits(month)}-${twoDigits(day)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
