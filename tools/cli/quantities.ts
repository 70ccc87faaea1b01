/** Numbers and foreign text as people read them in a terminal. */

const byteUnits = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** "0 B", "412 B", "3.1 MB": three digits at most, powers of 1,000. */
export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  // What rounds to 1,000 is said in the next unit.
  while (value >= 999.5 && unit < byteUnits.length - 1) [value, unit] = [value / 1_000, unit + 1];
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${byteUnits[unit]}`;
}

/** "12,345" */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** "1 file", "12,345 files" */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** "now", "12 s", "3 min", "5 h", "12 d": how long something is ago or lasts. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/** A file's name or a peer's words can hold anything: what would steer the terminal is spelled out. */
export function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const point = character.codePointAt(0) ?? 0;
    return `\\u{${point.toString(16)}}`;
  });
}
