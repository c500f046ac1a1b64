package io.migrationmonkey.migrator.page;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of a server's memory in one stretch of time.
 *
 * @param at when the stretch ended
 * @param usedBytes the most that was used in it
 * @param exhaustedAtBytes null where its monitor does not say
 * @param stalled the share of the time in which some task waited for memory, 0 to 1; null where
 *     that is not known
 */
record MemorySample(
    Instant at,
    long totalBytes,
    long usedBytes,
    @Nullable Long exhaustedAtBytes,
    @Nullable Double stalled) {}
