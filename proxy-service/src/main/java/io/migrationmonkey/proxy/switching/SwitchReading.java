package io.migrationmonkey.proxy.switching;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What stood in Redis at one moment: all keys of the switch, read in one script.
 *
 * @param active the value of the switch, or null where it is missing
 * @param record the fields of the record; empty where it is missing
 * @param hold the migration that holds, or null
 * @param holdLeft what is left of the hold; negative where it has no time to live
 */
record SwitchReading(
    @Nullable String active,
    Map<String, String> record,
    @Nullable String hold,
    Duration holdLeft) {}
