package io.migrationmonkey.monitor.pressure.replay;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Plays traces to a rule, as they would have happened to it. */
final class Replay {

  private Replay() {}

  /**
   * What a rule did with a trace.
   *
   * @param lead seconds between its order and the exhaustion; NaN where there was no order, or
   *     nothing to lead
   */
  record Result(Trace trace, double orderedAt, double lead, String why) {

    boolean ordered() {
      return !Double.isNaN(orderedAt);
    }

    boolean missed() {
      return trace.leave() && !(lead > 0);
    }

    boolean falseOrder() {
      return ordered() && (!trace.leave() || orderedAt < trace.leavableFrom());
    }
  }

  static Result play(Trace trace, Supplier<Rules.Rule> rules) {
    Rules.Rule rule = rules.get();
    double next = 0;
    for (Trace.Sample sample : trace.samples()) {
      if (trace.leave() && sample.at() >= trace.exhaustedAt()) {
        break;
      }
      if (sample.at() + 1e-9 < next) {
        continue;
      }
      if (rule.acts(sample)) {
        double lead = trace.leave() ? trace.exhaustedAt() - sample.at() : Double.NaN;
        String why = rule instanceof Rules.Monkey monkey ? monkey.reason() : "";
        return new Result(trace, sample.at(), lead, why);
      }
      next = sample.at() + rule.pause();
    }
    return new Result(trace, Double.NaN, Double.NaN, "");
  }

  /**
   * What a rule did with all of a set.
   *
   * @param results for every trace, also for those without a right answer
   */
  record Score(String rule, List<Result> results) {

    static Score of(String rule, Supplier<Rules.Rule> rules, List<Trace> traces) {
      return new Score(rule, traces.stream().map(trace -> play(trace, rules)).toList());
    }

    private Stream<Result> answered() {
      return results.stream().filter(result -> result.trace().hasAnAnswer());
    }

    long missed() {
      return answered().filter(Result::missed).count();
    }

    long falseOrders() {
      return answered().filter(Result::falseOrder).count();
    }

    /** With those that have no right answer. */
    long missedOfAll() {
      return results.stream().filter(Result::missed).count();
    }

    /** With those that have no right answer. */
    long falseOrdersOfAll() {
      return results.stream().filter(Result::falseOrder).count();
    }

    /** A rule that orders for nothing can lead by as much as it likes. */
    boolean isWrongSomewhere() {
      return missed() + falseOrders() > 0;
    }

    /** The mean over all that was to be left; one that was missed counts as no lead. */
    double meanLead() {
      return answered()
          .filter(result -> result.trace().leave())
          .mapToDouble(result -> result.missed() || result.falseOrder() ? 0 : result.lead())
          .average()
          .orElse(Double.NaN);
    }

    /**
     * In how many of those that were to be left the order came a move before the end, and no sooner
     * than it began.
     */
    long inTime(double moveSeconds) {
      return answered()
          .filter(r -> r.trace().leave() && !r.falseOrder() && r.lead() >= moveSeconds)
          .count();
    }
  }
}
