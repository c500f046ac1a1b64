package io.migrationmonkey.monitor.orders;

import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.contract.ServerName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * All that the next move depends on.
 *
 * @param server this one
 * @param verdict on its memory; null while the memory can't be read
 * @param active which server the switch names; null while nobody knows
 */
record Situation(
    Instant now, ServerName server, @Nullable Verdict verdict, @Nullable ServerName active) {}
