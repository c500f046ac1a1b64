package io.migrationmonkey.monitor.pressure;

import io.migrationmonkey.contract.MonitorReport.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a rule makes of the readings so far.
 *
 * @param verdict calm, strained or exhausted
 * @param reason the verdict in words
 * @param secondsLeft until memory is used up if it goes on so; null where it does not grow, or
 *     nothing can be said yet
 * @param hurry true when the next look should come sooner than usual
 * @param calmingSince since when nothing speaks for the verdict any more; null while something does
 * @param latest when the latest reading was
 */
public record Judgement(
    Verdict verdict,
    String reason,
    @Nullable Double secondsLeft,
    boolean hurry,
    @Nullable Instant calmingSince,
    Instant latest) {}
