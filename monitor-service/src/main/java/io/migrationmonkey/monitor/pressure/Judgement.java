package io.migrationmonkey.monitor.pressure;

import io.migrationmonkey.contract.MonitorReport.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a rule makes of the readings so far.
 *
 * @param verdict calm or exhausted
 * @param reason the verdict in words
 * @param overSince the first reading of the unbroken row over the limit that the latest one ends;
 *     null when the latest one is not over it
 * @param latest when the latest reading was
 */
public record Judgement(
    Verdict verdict, String reason, @Nullable Instant overSince, Instant latest) {}
