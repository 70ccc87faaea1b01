/** What to do without a file that is not there. */

export async function orWhenAbsent<Found, Absent>(found: Promise<Found>, absent: Absent): Promise<Found | Absent> {
  try {
    return await found;
  } catch (failure) {
    if (failure instanceof Error && "code" in failure && (failure.code === "ENOENT" || failure.code === "ENOTDIR"))
      return absent;
    throw failure;
  }
}
