package io.migrationmonkey.settings;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in one line which setting is wrong, and what is allowed instead. */
final class RefusedSettingAnalyzer extends AbstractFailureAnalyzer<RefusedSetting> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, RefusedSetting refused) {
    return new FailureAnalysis(
        String.valueOf(refused.getMessage()),
        "Correct the setting, or what it names, and start again.",
        refused);
  }
}
