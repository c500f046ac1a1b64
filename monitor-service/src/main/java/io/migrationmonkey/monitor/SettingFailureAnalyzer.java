package io.migrationmonkey.monitor;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Says in one line which setting is wrong, and what is allowed instead. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SettingFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
    String refusal = refusal(rootFailure, cause.getProperty());
    return refusal == null
        ? null
        : new FailureAnalysis(refusal, "Correct the setting and start the monitor again.", cause);
  }

  private @Nullable String refusal(Throwable failure, @Nullable ConfigurationProperty property) {
    Setting.RefusedException refused = findCause(failure, Setting.RefusedException.class);
    if (refused != null) {
      return refused.getMessage();
    }
    // What could not even be converted never came to the record that would have refused it.
    return property == null
        ? null
        : Setting.named(property.getName().toString())
            .map(setting -> setting.refusal(property.getValue()))
            .orElse(null);
  }
}
